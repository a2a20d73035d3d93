"""Handwritten digits as small images, in a ZIP of class folders."""
