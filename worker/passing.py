"""Which errors pass: those of database, broker and storage, which have nothing to do with the task."""

import errno

from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from store.errors import StorageError

BROKER_ERRORS = (BrokerError, RedisError, ConnectionError)
_OF_SERVERS = (OperationalError, InterfaceError, StorageError, *BROKER_ERRORS)
_OF_DISKS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def is_passing(error: BaseException) -> bool:
    """Whether the same task may succeed later, when what it depends on works again."""
    if isinstance(error, OSError) and error.errno in _OF_DISKS:
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, _OF_SERVERS)
