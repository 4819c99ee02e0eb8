"""How operations are written as code and as SQL. The import registers the renderers."""

from schema_lab.candidate.render import script, whole

__all__ = ["script", "whole"]
