"""Variants of the translation task."""
