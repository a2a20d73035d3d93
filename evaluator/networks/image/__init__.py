"""Variants of the image task, one module each."""
