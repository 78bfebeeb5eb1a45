"""What Plane makes of a file name, and the types it takes. No I/O."""

import posixpath


def sanitize_filename(name: object) -> str | None:
    """Return *name* as Plane stores it; None if nothing of it is left.

    plane/utils/path_validator.py; observed, Plane CE 1.3.1: quotes, line ends, bidi
    overrides and `${filename}` stay.
    """
    if not isinstance(name, str):
        return None
    name = posixpath.basename(name.replace("\x00", "").replace("\\", "/"))
    return name.replace("..", "").strip().lstrip(".").strip() or None


#: plane/settings/common.py, ATTACHMENT_MIME_TYPES; compared letter by letter.
ALLOWED_TYPES = frozenset(
    [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/svg+xml",
        "image/webp",
        "image/tiff",
        "image/bmp",
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "text/plain",
        "text/markdown",
        "application/rtf",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.graphics",
        "application/vnd.visio",
        "image/x-portable-graymap",
        "image/x-portable-bitmap",
        "image/x-portable-pixmap",
        "application/vnd.oasis.opendocument.database",
        "audio/mpeg",
        "audio/wav",
        "audio/ogg",
        "audio/midi",
        "audio/x-midi",
        "audio/aac",
        "audio/flac",
        "audio/x-m4a",
        "video/mp4",
        "video/mpeg",
        "video/ogg",
        "video/webm",
        "video/quicktime",
        "video/x-msvideo",
        "video/x-ms-wmv",
        "application/zip",
        "application/x-rar",
        "application/x-rar-compressed",
        "application/x-tar",
        "application/gzip",
        "application/x-zip",
        "application/x-zip-compressed",
        "application/x-7z-compressed",
        "application/x-compressed",
        "application/x-compressed-tar",
        "application/x-compressed-tar-gz",
        "application/x-compressed-tar-bz2",
        "application/x-compressed-tar-zip",
        "application/x-compressed-tar-7z",
        "application/x-compressed-tar-rar",
        "model/gltf-binary",
        "model/gltf+json",
        "application/octet-stream",
        "font/ttf",
        "font/otf",
        "font/woff",
        "font/woff2",
        "text/css",
        "text/javascript",
        "application/json",
        "text/xml",
        "text/csv",
        "application/xml",
        "application/x-sql",
        "application/x-gzip",
    ]
)
