"""Reads letters with the parser of the standard library: a base64 of one on each line, and what it found as JSON on a line."""

import base64
import email
import email.policy
import json
import sys


def entries(field):
    """The groups of an address field; what stands in no group is a group of one without a name."""
    if field is None:
        return []
    return [
        {
            "group": group.display_name,
            "members": [[each.display_name, each.addr_spec] for each in group.addresses],
        }
        for group in field.groups
    ]


def file_name(part):
    """As get_filename(), which takes quotation marks away that belong to the name."""
    disposition = part["content-disposition"]
    return None if disposition is None else disposition.params.get("filename")


def leaf(part):
    content = part.get_payload(decode=True)
    return {
        "type": part.get_content_type(),
        "charset": part.get_content_charset(),
        "fileName": file_name(part),
        "disposition": part.get_content_disposition(),
        "contentId": part["content-id"],
        "content": base64.b64encode(content).decode(),
    }


for line in sys.stdin:
    letter = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
    json.dump(
        {
            "subject": letter["subject"],
            "date": letter["date"].datetime.isoformat(),
            "messageId": letter["message-id"],
            "from": entries(letter["from"]),
            "to": entries(letter["to"]),
            "cc": entries(letter["cc"]),
            "leaves": [leaf(part) for part in letter.walk() if not part.is_multipart()],
            "defects": [
                f"{name.lower()} {type(defect).__name__}: {defect}"
                for part in letter.walk()
                for name, found in [("", part.defects), *((n, v.defects) for n, v in part.items())]
                for defect in found
            ],
        },
        sys.stdout,
    )
    sys.stdout.write("\n")
    sys.stdout.flush()
