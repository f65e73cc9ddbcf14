"""Drives a sandbox with fal's own Python client, which must not be able to tell.

Only addresses are changed, and only from outside: two by the environment (FAL_RUN_HOST, FAL_QUEUE_RUN_HOST), two module
constants by assignment. The first argument is the sandbox's base URL, the second a step. Prints one JSON line: what the
step found.
"""

import asyncio
import json
import os
import sys
import tempfile

base, step = sys.argv[1], sys.argv[2]
host = base.removeprefix("https://")
os.environ["FAL_RUN_HOST"] = host + "/run"
os.environ["FAL_QUEUE_RUN_HOST"] = host
os.environ["FAL_KEY"] = "kid:ksecret"

import fal_client  # noqa: E402
import fal_client.client as module  # noqa: E402
import httpx  # noqa: E402

module.REST_URL = base
module.CDN_URL = base + "/cdn"

ENDPOINT = "fal-ai/hidream-o1-image"
INPUT = {"prompt": "a boat", "seed": 7, "image_size": "square"}


def fetch(url):
    return httpx.get(url).raise_for_status()


def small():
    data = bytes(range(256)) * 40
    url = fal_client.upload(data, "application/octet-stream", file_name="a.bin")
    file = fetch(url)
    return {"same": file.content == data, "type": file.headers["content-type"], "url": url}


def lifecycle():
    private = fal_client.StorageSettings(expires_in="1h", initial_acl=fal_client.StorageACL(default="forbid"))
    url = fal_client.upload(b"kept", "text/plain", file_name="k.txt", lifecycle=private)
    token = fal_client.SyncClient()._token_manager.get_token()
    owner = {"Authorization": f"{token.token_type} {token.token}"}
    return {"everybody": httpx.get(url).status_code, "owner": httpx.get(url, headers=owner).status_code}


def non_ascii():
    url = fal_client.upload("каша".encode(), "text/plain", file_name="каша.txt")
    return {"same": fetch(url).content == "каша".encode(), "url": url}


def large():
    # 120 MB in a file whose parts all differ.
    size, block = 120_000_000, 1 << 20
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        for number in range(size // block + 1):
            file.write(number.to_bytes(4, "big") * (min(block, size - number * block) // 4))
        file.flush()
        url = fal_client.upload_file(file.name)
        file.seek(0)
        same, length = True, 0
        with httpx.stream("GET", url) as response:
            for chunk in response.iter_bytes(block):
                same = same and file.read(len(chunk)) == chunk
                length += len(chunk)
    return {"same": same, "length": length}


def large_bytes():
    # Bytes in memory take another path through the client.
    data = b"".join(number.to_bytes(4, "big") * (1 << 18) for number in range(105))
    url = fal_client.upload(data, "application/octet-stream")
    return {"same": fetch(url).content == data, "length": len(data)}


def queue():
    handle = fal_client.submit(ENDPOINT, INPUT)
    events = list(handle.iter_events(with_logs=True, interval=0.01))
    names = [type(event).__name__ for event in events]
    logs = handle.status(with_logs=True).logs
    result = handle.get()
    again = fal_client.result(ENDPOINT, handle.request_id)
    picture = fetch(result["images"][0]["url"])
    return {
        "events": sorted(set(names)),
        "positions": [event.position for event in events if isinstance(event, fal_client.Queued)],
        "logs": [line["message"] for line in logs], "same": result == again,
        "seed": result["seed"], "length": len(picture.content) == result["images"][0]["file_size"],
        "metrics": handle.status().metrics,
    }


def subscribe():
    seen = []
    picture = httpx.get(fal_client.subscribe(ENDPOINT, INPUT)["images"][0]["url"]).content
    url = fal_client.upload(picture, "image/png", file_name="reference.png")
    result = fal_client.subscribe(
        ENDPOINT + "/edit", {"prompt": "again", "reference_image_urls": [url]}, with_logs=True,
        on_queue_update=lambda update: seen.append(type(update).__name__))
    return {"images": len(result["images"]), "last": seen[-1]}


def run():
    return {"images": len(fal_client.run(ENDPOINT, INPUT)["images"])}


def stream():
    return {"events": [sorted(event) for event in fal_client.stream(ENDPOINT, INPUT)]}


def later():
    async def body():
        client = fal_client.AsyncClient()
        url = await client.upload(b"bytes", "text/plain", file_name="a.txt")
        result = await client.subscribe(ENDPOINT, INPUT)
        return {"same": fetch(url).content == b"bytes", "images": len(result["images"])}

    return asyncio.run(body())


def cancel():
    handle = fal_client.submit(ENDPOINT, INPUT)
    status = handle.status()
    handle.cancel()
    try:
        handle.status()
        gone = None
    except fal_client.client.FalClientHTTPError as error:
        gone = error.status_code
    return {"status": type(status).__name__, "position": status.position, "gone": gone}


def cancel_finished():
    handle = fal_client.submit(ENDPOINT, INPUT)
    handle.get()
    try:
        handle.cancel()
        return {"refused": None}
    except fal_client.client.FalClientHTTPError as error:
        return {"refused": error.status_code}


def wrong():
    try:
        fal_client.submit(ENDPOINT, {"prompt": "p", "num_images": 9})
        return {"refused": None}
    except fal_client.client.FalClientHTTPError as error:
        return {"refused": error.status_code, "detail": json.loads(error.response.content)["detail"]}


def failed():
    url = base + "/cdn/files/b/00000000/gone.png"
    handle = fal_client.submit(ENDPOINT + "/edit", {"prompt": "p", "reference_image_urls": [url]})
    try:
        handle.get()
        return {"refused": None}
    except fal_client.client.FalClientHTTPError as error:
        return {"refused": error.status_code, "detail": json.loads(error.response.content)["detail"]}


print(json.dumps(globals()[step]()))
