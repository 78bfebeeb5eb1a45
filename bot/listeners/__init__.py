"""Bolt listeners: parse, commit, hand over. No network before the acknowledgement."""
