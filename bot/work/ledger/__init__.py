"""The ledger: Loadmaster's own record of shares, attachments, comments and replies."""
