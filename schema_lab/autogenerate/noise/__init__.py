"""Noise: differences that stay after their own migration ran; found, explained, ignored."""

from schema_lab.autogenerate.noise.explaining import noise_in
from schema_lab.autogenerate.noise.ignoring import IGNORING, Ignoring, leave_ignored
from schema_lab.autogenerate.noise.noise import Noise, Noises

__all__ = ["IGNORING", "Ignoring", "Noise", "Noises", "leave_ignored", "noise_in"]
