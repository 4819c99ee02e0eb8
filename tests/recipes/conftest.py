"""Recipes run on an empty project, with the models of each test."""

from tests.support.labs import lab

__all__ = ["lab"]
