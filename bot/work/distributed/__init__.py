"""The runner for any number of processes on any number of machines: Procrastinate.

Its queue is in the ledger's PostgreSQL (procrastinate.readthedocs.io). What it leaves
to its users is here: how a row becomes a job, when a worker may still act, and what is
done with the jobs of one that is gone.
"""
