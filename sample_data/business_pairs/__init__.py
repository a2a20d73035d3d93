"""Synthetic business sentences in Japanese and English by four departments."""
