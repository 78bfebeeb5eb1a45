"""Queries that change a job only for as long as its worker has it in hand.

Procrastinate's own go by the job alone. Who was frozen, or cut off, between a look at
its lease and the query would end or free what another worker runs by now.
"""

from typing import Final

END: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM procrastinate_jobs
     WHERE id = %(job_id)s AND status = 'doing'
       AND worker_id IS NOT DISTINCT FROM %(worker_id)s
       FOR UPDATE
)
SELECT procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s) FROM mine
"""

FREE: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM procrastinate_jobs
     WHERE id = %(job_id)s AND status = 'doing'
       AND worker_id IS NOT DISTINCT FROM %(worker_id)s
       FOR UPDATE
)
SELECT procrastinate_retry_job_v2(id, %(retry_at)s, NULL, NULL, NULL) FROM mine
"""
