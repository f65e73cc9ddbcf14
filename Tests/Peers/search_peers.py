"""Asks Tantivy and PostgreSQL what atelier-bench search asks Atelier, and prints milliseconds and numbers of answers as JSON.

Usage: search_peers.py CATALOG QUERIES FOLDER

What is not installed is an empty object. PostgreSQL runs as a cluster of its own in FOLDER, as the user `nobody` when this is root.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time


def rows(catalog):
    database = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
    return database.execute(
        "SELECT searchItem.id, coalesce(searchItem.seed, 0), prompt FROM searchItem"
        " JOIN generation ON generation.id = searchItem.generation ORDER BY searchItem.id"
    )


def measured(queries, ask):
    times = {"milliseconds": [], "answers": 0}
    for query in queries:
        start = time.perf_counter()
        count = ask(query)
        times["milliseconds"].append((time.perf_counter() - start) * 1000)
        times["answers"] += count
    return times


def tantivy(catalog, queries, folder):
    try:
        import tantivy
    except ImportError:
        return {}
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("item", stored=True, fast=True, indexed=True)
    schema.add_integer_field("seed", indexed=True)
    schema.add_text_field("prompt", stored=False)
    path = folder + "/tantivy"
    is_new = not os.path.exists(path)
    if is_new:
        os.makedirs(path)
    index = tantivy.Index(schema.build(), path=path)
    if is_new:
        writer = index.writer(heap_size=256 << 20)
        for item, seed, prompt in rows(catalog):
            writer.add_document(tantivy.Document(item=item, seed=seed, prompt=prompt))
        writer.commit()
        writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def text(query):
        plain = query["text"].replace(" sort:relevance", "")
        if not query["words"] or plain.startswith('"'):
            return plain
        return " ".join("+" + word for word in query["words"])

    def newest(query):
        parsed = index.parse_query(text(query), ["prompt"])
        return len(searcher.search(parsed, 50, order_by_field="item", count=False).hits)

    def prefix(query):
        parsed = tantivy.Query.regex_query(index.schema, "prompt", query["words"][0] + ".*")
        return len(searcher.search(parsed, 50, order_by_field="item", count=False).hits)

    def best(query):
        return len(searcher.search(index.parse_query(text(query), ["prompt"]), 50, count=False).hits)

    def count(query):
        return searcher.search(index.parse_query(text(query), ["prompt"]), 1, count=True).count

    def seed(query):
        parsed = index.parse_query(query["text"], ["prompt"])
        return len(searcher.search(parsed, 50, count=False).hits)

    asks = {"words": newest, "phrase": newest, "prefix": prefix, "relevance": best, "count": count, "seed": seed}
    return {name: measured(queries[name], ask) for name, ask in asks.items()}


def postgres(catalog, queries, folder):
    try:
        import psycopg2
    except ImportError:
        return {}
    binary = shutil.which("pg_ctl")
    if binary is None:
        return {}
    place = os.path.abspath(folder + "/postgres")
    as_user = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    is_new = not os.path.exists(place)
    if is_new:
        os.makedirs(place)
        if as_user:
            shutil.chown(place, "nobody", "nogroup")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    if is_new:
        subprocess.run(as_user + [os.path.join(os.path.dirname(os.path.realpath(binary)), "initdb"), "-D", place + "/data", "-A", "trust", "-U", "bench"], check=True, **quiet)
    options = f"-k {place} -c listen_addresses= -c shared_buffers=1GB -c fsync=off -c jit=off -c maintenance_work_mem=512MB"
    subprocess.run(as_user + [binary, "-D", place + "/data", "-w", "-o", options, "start"], check=True, **quiet)
    try:
        connection = psycopg2.connect(host=place, user="bench", dbname="postgres")
        connection.autocommit = True
        cursor = connection.cursor()
        if is_new:
            cursor.execute("CREATE TABLE item (id bigint PRIMARY KEY, seed bigint, words tsvector)")
            read, write = os.pipe()
            if os.fork() == 0:
                os.close(read)
                with os.fdopen(write, "w") as out:
                    for item, seed, prompt in rows(catalog):
                        out.write(f"{item}\t{seed}\t{prompt.replace(chr(92), ' ')}\n")
                os._exit(0)
            os.close(write)
            cursor.execute("CREATE TABLE raw (id bigint, seed bigint, prompt text)")
            with os.fdopen(read) as source:
                cursor.copy_expert("COPY raw FROM STDIN", source)
            cursor.execute("INSERT INTO item SELECT id, seed, to_tsvector('simple', prompt) FROM raw; DROP TABLE raw")
            cursor.execute("CREATE INDEX ON item USING gin (words); CREATE INDEX ON item (seed); ANALYZE item")

        def expression(query):
            words = query["words"]
            if not words:
                return query["text"].replace(" sort:relevance", "").replace(" OR ", " | ")
            if query["text"].startswith('"'):
                return " <-> ".join(words)
            return words[0] + ":*" if query["text"].endswith("*") else " & ".join(words)

        def asking(sql):
            def ask(query):
                cursor.execute(sql, {"q": expression(query)})
                found = cursor.fetchall()
                return int(found[0][0]) if "count(" in sql else len(found)

            return ask

        match = "FROM item WHERE words @@ %(q)s::tsquery"
        newest = asking(f"SELECT id {match} ORDER BY id DESC LIMIT 50")
        best = asking(f"SELECT id {match} ORDER BY ts_rank(words, %(q)s::tsquery) DESC LIMIT 50")
        asks = {"words": newest, "phrase": newest, "prefix": newest, "relevance": best, "count": asking(f"SELECT count(*) {match}")}
        times = {name: measured(queries[name][:60], ask) for name, ask in asks.items()}

        def seed(query):
            cursor.execute("SELECT id FROM item WHERE seed = %s", (int(query["text"][5:]),))
            return len(cursor.fetchall())

        times["seed"] = measured(queries["seed"], seed)
        return times
    finally:
        subprocess.run(as_user + [binary, "-D", place + "/data", "-m", "fast", "stop"], check=False, **quiet)


if __name__ == "__main__":
    catalog, queries, folder = sys.argv[1:4]
    with open(queries) as file:
        asked = json.load(file)
    answers = {}
    for name, peer in (("Tantivy", tantivy), ("PostgreSQL (60 queries)", postgres)):
        try:
            answers[name] = peer(catalog, asked, folder)
        except Exception as error:
            print(f"{name}: {error}", file=sys.stderr)
            answers[name] = {}
    print(json.dumps(answers))
