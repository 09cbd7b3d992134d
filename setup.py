"""What pyproject.toml cannot say: `profiles/` and `metadata_schemas/` lie inside the package once it is installed.

They stay at the top of the checkout, where people edit them; `pipeline/shipped.py` finds them in either place.
"""

from setuptools import find_packages, setup

SHIPPED = ("profiles", "metadata_schemas")

setup(
    packages=[
        *find_packages(include=["pipeline", "pipeline.*", "flows", "flows.*"]),
        *(f"pipeline.share.{folder}" for folder in SHIPPED),
    ],
    package_dir={f"pipeline.share.{folder}": folder for folder in SHIPPED},
    package_data={f"pipeline.share.{folder}": ["**/*"] for folder in SHIPPED},
)
