"""What the system's error numbers mean for a store, and what to do."""

import errno

from pipeline.errors import StorageError, StorageFull, StorageRefused, StorageUnavailable

_GONE = (StorageUnavailable, "磁盘已断开，请重新连接 · the disk has gone: connect it again")
_SHARE_GONE = (StorageUnavailable, "共享已断开，请重新挂载 · the share has gone: mount it again")
_SERVER_GONE = (StorageUnavailable, "共享的服务器没有应答 · the share's server does not answer")
REASONS: dict[int, tuple[type[StorageError], str]] = {
    errno.ENOSPC: (StorageFull, "磁盘已满，请腾出空间后再运行 · the disk is full: make room, then run this again"),
    errno.EDQUOT: (
        StorageFull,
        "配额已用完，请扩大配额后再运行 · the quota is used up: have it raised, then run this again",
    ),
    errno.EFBIG: (
        StorageError,
        "文件超过文件系统或进程的上限 · the file is larger than this file system or the process's limit allows",
    ),
    errno.ENAMETOOLONG: (
        StorageError,
        "名称的一段超过文件系统的上限（255 字节） · "
        "a part of the name is longer than this file system takes (255 bytes)",
    ),
    errno.EACCES: (StorageRefused, "没有权限，请给本用户该文件夹的权限 · no permission: give this user the folder"),
    errno.EPERM: (
        StorageRefused,
        "系统不允许，请检查挂载选项和文件属性 · "
        "the system does not permit it: see the mount options and the file's attributes",
    ),
    errno.EINVAL: (
        StorageError,
        "文件系统做不到：需要支持硬链接，或不覆盖的改名 · "
        "the file system cannot do it: one that can link, or rename without overwriting, is needed",
    ),
    errno.EROFS: (StorageError, "挂载为只读，请改为可写 · it is mounted read-only: mount it for writing"),
    errno.EIO: (
        StorageError,
        "介质报错，请查看系统日志并检查磁盘 · "
        "the medium reports an error: look at the system's log and have the disk examined",
    ),
    errno.ESTALE: _SHARE_GONE,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.ENOTCONN: _SHARE_GONE,
    errno.EHOSTDOWN: _SERVER_GONE,
    errno.EHOSTUNREACH: _SERVER_GONE,
    errno.ETIMEDOUT: _SERVER_GONE,
}
