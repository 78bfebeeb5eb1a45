"""What is stored and who carries it out: ledger, rate gate, workflow and runner."""
