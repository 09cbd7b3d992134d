"""What the system's error numbers mean for a store, and what to do."""

import errno

from pipeline.domain.messages import Message, message
from pipeline.errors import StorageError, StorageFull, StorageRefused, StorageUnavailable

_GONE = (StorageUnavailable, message("disk_gone"))
_SHARE_GONE = (StorageUnavailable, message("share_gone"))
_SERVER_GONE = (StorageUnavailable, message("share_server_gone"))
REASONS: dict[int, tuple[type[StorageError], Message]] = {
    errno.ENOSPC: (StorageFull, message("disk_full")),
    errno.EDQUOT: (StorageFull, message("quota_used_up")),
    errno.EFBIG: (StorageError, message("file_beyond_file_system")),
    errno.ENAMETOOLONG: (StorageError, message("name_beyond_file_system")),
    errno.EACCES: (StorageRefused, message("no_permission")),
    errno.EPERM: (StorageRefused, message("not_permitted")),
    errno.EINVAL: (StorageError, message("file_system_cannot")),
    errno.EROFS: (StorageError, message("mounted_read_only")),
    errno.EIO: (StorageError, message("medium_fails")),
    errno.ESTALE: _SHARE_GONE,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.ENOTCONN: _SHARE_GONE,
    errno.EHOSTDOWN: _SERVER_GONE,
    errno.EHOSTUNREACH: _SERVER_GONE,
    errno.ETIMEDOUT: _SERVER_GONE,
}
