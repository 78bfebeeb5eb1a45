"""Loadmaster: puts files shared in Slack onto Plane work items."""
