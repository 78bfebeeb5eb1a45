"""The content types that Plane takes for an attachment. No I/O."""

#: What Plane takes for anything.
UNKNOWN = "application/octet-stream"

#: Other spellings of a type that Plane takes.
_ALIASES = {"image/jpg": "image/jpeg"}

#: plane/settings/common.py: ATTACHMENT_MIME_TYPES, as of Plane CE 1.3.1. Plane compares
#: the whole string (observed): "IMAGE/PNG" and "text/plain; charset=utf-8" are refused.
_TAKEN_BY_PLANE = frozenset(
    {
        "application/gzip",
        "application/json",
        "application/msword",
        "application/octet-stream",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.database",
        "application/vnd.oasis.opendocument.graphics",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.visio",
        "application/x-7z-compressed",
        "application/x-compressed",
        "application/x-compressed-tar",
        "application/x-compressed-tar-7z",
        "application/x-compressed-tar-bz2",
        "application/x-compressed-tar-gz",
        "application/x-compressed-tar-rar",
        "application/x-compressed-tar-zip",
        "application/x-gzip",
        "application/x-rar",
        "application/x-rar-compressed",
        "application/x-sql",
        "application/x-tar",
        "application/x-zip",
        "application/x-zip-compressed",
        "application/xml",
        "application/zip",
        "audio/aac",
        "audio/flac",
        "audio/midi",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/x-m4a",
        "audio/x-midi",
        "font/otf",
        "font/ttf",
        "font/woff",
        "font/woff2",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/svg+xml",
        "image/tiff",
        "image/webp",
        "image/x-portable-bitmap",
        "image/x-portable-graymap",
        "image/x-portable-pixmap",
        "model/gltf+json",
        "model/gltf-binary",
        "text/css",
        "text/csv",
        "text/javascript",
        "text/markdown",
        "text/plain",
        "text/xml",
        "video/mp4",
        "video/mpeg",
        "video/ogg",
        "video/quicktime",
        "video/webm",
        "video/x-ms-wmv",
        "video/x-msvideo",
    }
)


def plane_mimetype(mimetype: str | None) -> str:
    """Return the type under which Plane takes a file that Slack calls *mimetype*."""
    essence = (mimetype or "").partition(";")[0].strip().lower()
    essence = _ALIASES.get(essence, essence)
    return essence if essence in _TAKEN_BY_PLANE else UNKNOWN
