"""The ledger: Loadmaster's own record of shares, attachments and replies."""
