"""The REST service: endpoints translate between HTTP and services, services decide. Never imports torch."""
