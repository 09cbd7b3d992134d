"""An index that agrees with itself, to change in one place."""

from dataclasses import replace

from pipeline.domain.packages import Member, PackageIndex
from tests.makers.real_packages import tar_alone


def named(index: PackageIndex) -> PackageIndex:
    bag = f"{index.package_id}-v{index.version:04d}"
    return replace(index, bag_name=bag, objects=tar_alone(bag, index.tar_size))


GOOD = named(
    PackageIndex(
        package_id="K021-ZY·FP·1", version=1, fonds="K021", category="ZY", archival_code="K021",
        title='题名 "𠮷"\n', retention="永久", date="2019", batch="b", packaged_at="2026-01-01T00:00:00+00:00",
        content="f" * 64, description="d" * 64, bag_name="", prefix="K021/ZY/K021-ZY·FP·1/",
        objects=tar_alone("", 10240), payload_bytes=1013, payload_files=2,
        members=(
            Member(path="bagit.txt", version=1, size=55, sha256="a" * 64, header_offset=0, data_offset=512,
                   header_sha256="b" * 64),
            Member(path="data/original/汇.tif", version=1, size=1000, sha256="a" * 64, header_offset=1024,
                   data_offset=2560, header_sha256="b" * 64, original_name_hex="bbe1",
                   media_type="image/tiff", puid="fmt/353"),
            Member(path="data/x", version=1, size=13, sha256="a" * 64, header_offset=3584, data_offset=4096,
                   header_sha256="b" * 64),
        ),
    )
)  # fmt: skip
