"""How older registers become today's; `pipeline.register.upgrade` runs what lies in `versions`."""
