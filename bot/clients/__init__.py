"""The three remote sides: Plane, Slack and storage. A value out, or a typed error."""
