"""Variants of the text task."""
