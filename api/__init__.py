"""The REST service, one package per feature: endpoints translate between HTTP and services, services decide.

May import: `store` and the parts of `mslg_core` that do not load torch; never `worker`.
Start reading: `app`, which puts the service together.
"""
