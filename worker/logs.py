"""Structured logs: readable lines on a terminal, otherwise one JSON object per line."""

import logging
import sys

import structlog

SHARED_PROCESSORS: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_logging(level: int = logging.INFO) -> None:
    """Write the records of structlog and of the standard library to standard error in one format."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED_PROCESSORS,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers()],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("alembic", "celery"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("kombu").setLevel(logging.ERROR)  # it warns that filesystem:// has no host


def _renderers() -> list[structlog.typing.Processor]:
    if sys.stderr.isatty():
        # The default formatter prints local variables, among them passwords.
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
