"""What an S3 server really does, tried on objects of our own under `.lantai-probe/`.

An "ok" proves nothing: servers have answered it and ignored Object Lock, versioning, checksums or `If-None-Match`.
So each ability is proved by what must be refused or must still be there. What could not be asked is None.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.errors import StorageError
from pipeline.ports import Abilities
from pipeline.stores.s3_bucket import Answer, Bucket, Refusal, error_of

Verdict = bool | None


def probe(bucket: Bucket, prefix: str) -> Abilities:
    """Abilities of the bucket, tried below `prefix` (with its slash), which is emptied afterwards."""
    trial = _Trial(bucket=bucket, prefix=prefix)
    lock = trial.ask(message("ability_object_lock"), trial.object_lock)
    answers = {
        "versioning": trial.ask(message("ability_versioning"), trial.versioning),
        "checksums": trial.ask(message("ability_checksums"), trial.checksums),
        "conditional_writes": trial.ask(message("ability_conditional_writes"), trial.conditional_writes),
    }
    trial.ask(message("ability_clean"), trial.clean)
    return Abilities(object_lock=lock, notes=tuple(trial.notes), **answers)


@dataclass(slots=True, kw_only=True)
class _Trial:
    bucket: Bucket
    prefix: str
    notes: list[Message] = field(default_factory=list)
    protection: Answer = field(default_factory=dict)

    def ask(self, what: Message, question: Callable[[], Verdict]) -> Verdict:
        """The answer, or None with a note where it could not be had."""
        try:
            return question()
        except StorageError as error:
            self.notes.append(message("ability_untold", what=what, reason=error.message))
            return None

    def put(self, name: str, data: bytes, **more: object) -> Answer | Refusal:
        """A probe object. In a bucket that locks by default a far shorter lock is asked for, so it can be removed."""
        return self.bucket.attempt(
            "put_object", Key=self.prefix + name, Body=data, **{**self._digest(data, more), **more}
        )

    def _digest(self, data: bytes, more: Answer) -> Answer:
        if any(name.startswith(("Checksum", "ContentMD5")) for name in more):
            return self.protection
        return {**self.protection, "ContentMD5": _base64(hashlib.md5(data, usedforsecurity=False).digest())}

    def must(self, answer: Answer | Refusal) -> Answer:
        """The answer to what has to work for a question to be asked at all."""
        if isinstance(answer, Refusal):
            raise error_of(answer, store=self.bucket.store, key=self.prefix)
        return answer

    def body(self, name: str, **more: object) -> bytes:
        """Bytes of a probe object."""
        answer = self.must(self.bucket.attempt("get_object", Key=self.prefix + name, **more))
        data: bytes = answer["Body"].read()
        return data

    def object_lock(self) -> Verdict:
        """Whether a version under legal hold cannot be removed."""
        answer = self.bucket.attempt("get_object_lock_configuration")
        if isinstance(answer, Refusal):
            if answer.status in {403} or answer.status >= 500:
                raise error_of(answer, store=self.bucket.store, key="")
            self.notes.append(message("lock_not_configured", answer=told_by_program(answer)))
            return False
        configuration = answer.get("ObjectLockConfiguration", {})
        if configuration.get("ObjectLockEnabled") != "Enabled":
            self.notes.append(message("lock_not_enabled"))
            return False
        rule = configuration.get("Rule", {}).get("DefaultRetention", {})
        self.notes.append(message("lock_retention", rule=rule) if rule else message("lock_no_retention"))
        if rule:
            until = datetime.now(UTC) + timedelta(minutes=1)
            self.protection = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
        return self._lock_holds()

    def _lock_holds(self) -> bool:
        version = self.must(self.put("lock", b"1")).get("VersionId")
        which: Answer = {"Key": f"{self.prefix}lock", "VersionId": version}
        if version is None:
            self.notes.append(message("lock_without_versions"))
            return False
        self.must(self.bucket.attempt("put_object_legal_hold", LegalHold={"Status": "ON"}, **which))
        refused = self.bucket.attempt("delete_object", **which)
        still = self.bucket.attempt("head_object", **which)
        if isinstance(still, Refusal):
            self.notes.append(message("lock_does_not_hold"))
            return False
        self.must(self.bucket.attempt("put_object_legal_hold", LegalHold={"Status": "OFF"}, **which))
        if not isinstance(refused, Refusal):
            self.notes.append(message("lock_says_removed"))
        return True

    def versioning(self) -> Verdict:
        """Whether the first bytes are still there, under their version, after the key was written a second time."""
        status = self.must(self.bucket.attempt("get_bucket_versioning")).get("Status", "off")
        if status != "Enabled":
            self.notes.append(message("versioning_off", status=status))
            return False
        first = self.must(self.put("version", b"1")).get("VersionId")
        self.must(self.put("version", b"2"))
        if first is None or self.body("version", VersionId=first) != b"1":
            self.notes.append(message("versioning_loses"))
            return False
        return True

    def checksums(self) -> Verdict:
        """Whether a wrong SHA-256 is refused and a right one given back; what becomes of Content-MD5 is noted."""
        wrong_md5 = _base64(hashlib.md5(b"2", usedforsecurity=False).digest())
        refused = self._refuses_wrong("md5", ContentMD5=wrong_md5)
        self.notes.append(message("wrong_md5_refused") if refused else message("wrong_md5_stored"))
        right = _base64(hashlib.sha256(b"1").digest())
        accepted = self.put("sha256", b"1", ChecksumSHA256=right)
        if isinstance(accepted, Refusal):
            self.notes.append(message("sha256_not_taken", answer=told_by_program(accepted)))
            return False
        refuses = self._refuses_wrong("wrong-sha256", ChecksumSHA256=_base64(hashlib.sha256(b"2").digest()))
        if not refuses:
            self.notes.append(message("wrong_sha256_stored"))
        head = self.must(self.bucket.attempt("head_object", Key=f"{self.prefix}sha256", ChecksumMode="ENABLED"))
        if head.get("ChecksumSHA256") != right:
            self.notes.append(message("sha256_not_given_back"))
        return refuses and head.get("ChecksumSHA256") == right

    def _refuses_wrong(self, name: str, **digest: object) -> bool:
        answer = self.put(name, b"1", **digest)
        if isinstance(answer, Refusal) and answer.status != 400:
            raise error_of(answer, store=self.bucket.store, key=self.prefix + name)
        return isinstance(answer, Refusal)

    def conditional_writes(self) -> Verdict:
        """Whether `If-None-Match: *` keeps a taken key from being written again, in one request and in parts."""
        self.must(self.put("once", b"1"))
        again = self.put("once", b"2", IfNoneMatch="*")
        kept = isinstance(again, Refusal) and self.body("once") == b"1"
        if not kept:
            self.notes.append(message("once_ignored"))
        if self.protection:
            self.notes.append(message("once_not_tried"))
            return None if kept else False
        parts = isinstance(self._put_in_parts("once", b"3"), Refusal) and self.body("once") != b"3"
        if not parts:
            self.notes.append(message("once_ignored_in_parts"))
        return kept and parts

    def _put_in_parts(self, name: str, data: bytes) -> Answer | Refusal:
        key = self.prefix + name
        upload = self.must(self.bucket.attempt("create_multipart_upload", Key=key))["UploadId"]
        part = self.must(self.bucket.attempt("upload_part", Key=key, UploadId=upload, PartNumber=1, Body=data))
        done = self.bucket.attempt(
            "complete_multipart_upload",
            Key=key,
            UploadId=upload,
            IfNoneMatch="*",
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
        )
        if isinstance(done, Refusal):
            self.bucket.attempt("abort_multipart_upload", Key=key, UploadId=upload)
        return done

    def clean(self) -> Verdict:
        """Removes every version of the probe's objects, or notes what stays."""
        listed = self.bucket.attempt("list_object_versions", Prefix=self.prefix)
        if isinstance(listed, Refusal):
            listed = self.must(self.bucket.attempt("list_objects_v2", Prefix=self.prefix))
        found = [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ()), *listed.get("Contents", ())]
        left = [each for each in found if isinstance(self._remove(each), Refusal)]
        if left:
            self.notes.append(message("probe_left", count=len(left), prefix=self.prefix))
        return not left

    def _remove(self, entry: Answer) -> Answer | Refusal:
        which: Answer = {"Key": entry["Key"]}
        if "VersionId" in entry:
            which["VersionId"] = entry["VersionId"]
        if self.protection:
            which["BypassGovernanceRetention"] = True
        return self.bucket.attempt("delete_object", **which)


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
