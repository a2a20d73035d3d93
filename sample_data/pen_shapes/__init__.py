"""Synthetic pen drawings by eight writers."""
