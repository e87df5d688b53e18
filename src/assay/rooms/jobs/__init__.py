"""Long work, done beside the request that asked for it.

Owns the queue of jobs: leases, attempts, progress, results and the worker loop.
"""
