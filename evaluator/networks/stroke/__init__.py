"""Variants of the stroke task."""
