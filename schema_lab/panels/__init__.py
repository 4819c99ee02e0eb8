"""Touch it: the lab as buttons in a notebook."""

from schema_lab.panels.panel import Panel, panel

__all__ = ["Panel", "panel"]
