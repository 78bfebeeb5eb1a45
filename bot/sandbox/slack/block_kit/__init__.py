"""Block Kit: what Slack accepts of it, what people fill in, how it reads."""
