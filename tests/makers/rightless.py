"""A command without the rights that root has over files of any mode."""

import os

RIGHTLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
"""Before a command: it is still root's, so that it reaches the checkout wherever that lies, and obeys the modes."""
