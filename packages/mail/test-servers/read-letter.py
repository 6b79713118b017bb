"""Reads a letter from standard input with the parser of the standard library, and writes what it found as JSON."""

import base64
import email
import email.policy
import json
import sys

letter = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
attachments = list(letter.iter_attachments())
json.dump(
    {
        "messageId": str(letter["message-id"]),
        "subject": str(letter["subject"]),
        "text": letter.get_body(("plain",)).get_content().replace("\r\n", "\n"),
        "fileName": attachments[0].get_filename(),
        "file": base64.b64encode(attachments[0].get_content()).decode(),
        "defects": [type(defect).__name__ for part in letter.walk() for defect in part.defects],
    },
    sys.stdout,
)
