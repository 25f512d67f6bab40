"""A small portal: sends resumes to Bole over AMQP and prints the receipts until each file has its outcome.

    python3 portal.py amqp://USER:PASSWORD@HOST/VIRTUAL-HOST PORTAL FILE...      needs pika (Debian: python3-pika)

USER is the portal's own; in the address `/` is written %2F, also the virtual host that is called so.
"""
import datetime, hashlib, json, os, sys

import pika
from pika.exceptions import AMQPError

if len(sys.argv) < 4:
    sys.exit(__doc__)
url, portal, *paths = sys.argv[1:]
waiting = {}
try:
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.confirm_delivery()  # from here on basic_publish returns when the broker has stored the message, or raises
    for path in paths:
        with open(path, "rb") as file:
            body = file.read()
        # The same id for the same file: to send it again after a failure is harmless.
        message_id = hashlib.sha256(os.path.basename(path).encode() + b"\0" + body).hexdigest()
        written = datetime.datetime.fromtimestamp(os.path.getmtime(path), datetime.timezone.utc).date()
        channel.basic_publish(
            exchange="bole.submissions", routing_key=portal, body=body, mandatory=True,
            properties=pika.BasicProperties(
                message_id=message_id, type="resume.submitted.v1", content_type="application/pdf",
                delivery_mode=2, headers={"document-date": written.isoformat()}))
        waiting[message_id] = path
        print(f"sent        {path}", flush=True)

    for method, properties, body in channel.consume(f"bole.receipts.{portal}", inactivity_timeout=60):
        if method is None:
            sys.exit(f"no receipt for a minute; {len(waiting)} files are still waiting: look again later")
        receipt = json.loads(body)
        path = waiting.get(receipt["message_id"])
        if path and receipt["state"] != "queued":  # `queued` comes when a submission is sent round again
            print(f"{receipt['state']:<11} {path}: {receipt['reason']}; {receipt['advice']}", flush=True)
            del waiting[receipt["message_id"]]
        # A real portal first keeps what the receipt says: what is not acknowledged comes again, and may come twice.
        channel.basic_ack(method.delivery_tag)
        if not waiting:
            break
except AMQPError as error:
    sys.exit(f"the broker: {error!r}; {len(waiting)} files were sent, and it is harmless to send all again")
