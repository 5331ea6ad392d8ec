"""Where the checkout keeps its data.

The project is installed editable, so the data folder is found from the
source tree; nothing is copied into site-packages.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

DATA = ROOT / "data"
"""Facts kept as data: forms, tables, sources, agencies, samples."""
