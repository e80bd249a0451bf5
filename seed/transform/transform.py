"""Reads the original files, checks all of them, and only then writes a folder of this project's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from connector_config.errors import DataFileError, UserError
from connector_config.schema.collections import PRODUCT_EMBEDDINGS
from connector_config.schema.documents import ProductEmbedding
from seed.catalogue_files import CATALOGUE_FOLDER, load_catalogue
from seed.embeddings import PICTURE, text_hash
from seed.generators.catalogue import products
from seed.store_files import STORES_FILE, load_stores
from seed.transform import product_data, reference_data
from seed.transform.json_file import Node, read_json
from seed.transform.product_data import OriginalVectors, ProductData

ORIGINAL: Final = "original"

_HEAD: Final = "# Made by zava-seed transform from {source}.\n"


@dataclass(frozen=True, slots=True)
class Transformed:
    """The result: how many of each were written, the files, and what a person should know."""

    categories: int
    products: int
    vectors: int
    stores: int
    files: list[Path]
    notes: list[str]


def transform(sources: Sequence[Path], out: Path) -> Transformed:
    """Turn the files into `catalogue/*.yaml`, `stores.yaml` and `product_embeddings.ndjson`.

    Raises DataFileError naming the file and the path in it, before anything was written, and
    UserError when the folder holds such files already or cannot be written.
    """
    roots = _sorted_out([read_json(source) for source in sources])
    goods = references = None
    if root := roots.get(product_data.TOP):
        goods = product_data.product_data(root)
    if root := roots.get(reference_data.TOP[0]):
        size = goods.products if goods else len(load_catalogue().products)
        references = reference_data.reference_data(root, size)
    files: list[Path] = []
    try:
        _refuse_to_mix(out)
        if goods:
            files += _write_catalogue(out, goods, roots[product_data.TOP])
        if references:
            source = roots[reference_data.TOP[0]].file
            files.append(_write_yaml(out / STORES_FILE, references.content, source))
            load_stores(out / STORES_FILE)
    except OSError as error:
        raise UserError(
            f"The folder {out} cannot be written ({error.strerror}): choose another with --out."
        ) from error
    left_out = [
        f"{root.file}: {path} is not known here, so it was left out."
        for root in roots.values()
        for path in root.left_out
    ]
    return Transformed(
        categories=len(goods.files) if goods else 0,
        products=goods.products if goods else 0,
        vectors=len(goods.vectors) if goods else 0,
        stores=references.stores if references else 0,
        files=files,
        notes=[
            *(goods.notes if goods else ()),
            *(references.notes if references else ()),
            *left_out,
        ],
    )


def _sorted_out(roots: Sequence[Node]) -> dict[str, Node]:
    """The files by the key that tells what they are."""
    found: dict[str, Node] = {}
    for root in roots:
        root.mapping()
        kinds = [key for key in (product_data.TOP, reference_data.TOP[0]) if key in root.value]
        if len(kinds) != 1:
            raise root.fail(
                f"must have either {product_data.TOP!r} (product_data.json) or "
                f"{reference_data.TOP[0]!r} (reference_data.json) at its top"
            )
        if kinds[0] in found:
            raise DataFileError(
                f"{root.file} and {found[kinds[0]].file} both have {kinds[0]!r}: give one of them."
            )
        found[kinds[0]] = root
    return found


def _refuse_to_mix(out: Path) -> None:
    """Files of an earlier catalogue would become part of this one."""
    out.mkdir(parents=True, exist_ok=True)
    there = [
        path
        for path in (*out.glob(f"{CATALOGUE_FOLDER}/*.yaml"), *out.glob("*.yaml"))
        if path.is_file()
    ]
    if there:
        raise UserError(
            f"{there[0]} is there already: choose an empty folder with --out, or delete it."
        )


def _write_catalogue(out: Path, goods: ProductData, root: Node) -> list[Path]:
    folder = out / CATALOGUE_FOLDER
    folder.mkdir(exist_ok=True)
    files = [
        _write_yaml(folder / name, content, root.file) for name, content in goods.files.items()
    ]
    # Also the proof that what was written can be read.
    written = list(products(load_catalogue(folder)))
    if goods.vectors:
        path = out / f"{PRODUCT_EMBEDDINGS}.ndjson"
        with path.open("w", encoding="utf-8") as lines:
            for document in _embeddings(written, goods.vectors):
                lines.write(json.dumps({"_id": document["product_id"], **document}) + "\n")
        files.append(path)
    return files


def _embeddings(
    written: Sequence[Any], vectors: Mapping[str, OriginalVectors]
) -> Iterator[ProductEmbedding]:
    for product in written:
        if vector := vectors.get(product["sku"]):
            yield {
                "product_id": product["product_id"],
                "image_embedding": vector.image,
                "image_made_of": PICTURE,
                "description_embedding": vector.description,
                "source": ORIGINAL,
                "text_hash": text_hash(product),
                "image_url": product["image_url"],
                "created_at": product["created_at"],
                "updated_at": product["updated_at"],
                "deleted": False,
            }


def _write_yaml(path: Path, content: Mapping[str, Any], source: str) -> Path:
    text = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=120)
    path.write_text(_HEAD.format(source=Path(source).name) + text, encoding="utf-8")
    return path
