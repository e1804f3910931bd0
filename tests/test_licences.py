"""What runs with MSLG may be used by anybody: no package at run time restricts those who build on it."""

import re

from packaging.utils import canonicalize_name

from scripts.licences import PAGE, ROOT, Package, frontend_packages, python_packages

PINS = (ROOT / "constraints.txt").read_text()
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|0BSD|Unlicense|BlueOak|Zlib|"
    r"MPL-2\.0|Mozilla|"  # only changes of its own files must be published
    r"LGPL"  # a library that is imported, not copied
)
RESTRICTED = re.compile(r"(?<!L)GPL|Non-?Commercial|SSPL|BUSL", re.IGNORECASE)


def is_allowed(package: Package) -> bool:
    """NVIDIA's packages come with PyTorch's CUDA builds, and only with those."""
    if package.name.startswith(("nvidia-", "cuda-")):
        return True
    return bool(PERMISSIVE.search(package.licence)) and not RESTRICTED.search(package.licence)


def test_every_licence_is_permissive() -> None:
    packages = python_packages() + frontend_packages()
    assert len(packages) > 100
    assert [package for package in packages if not is_allowed(package)] == []


def test_the_page_names_what_is_pinned() -> None:
    of_python, of_ui = PAGE.read_text().split("## Web UI")
    named = [f"| {package.name} | {package.version} |" for package in frontend_packages()]
    assert [line for line in named if line not in of_ui] == []
    lines = re.findall(r"^\| ([\w.-]+) \| (\S+) \|", of_python, re.MULTILINE)[1:]
    pinned = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in PINS.split()}
    assert len(lines) > 50
    named_here = {name: version for name, version in lines if name != "setuptools"}  # `make lock` omits it
    assert {name: pinned.get(name) for name in named_here} == named_here


def test_restricted_licences_are_noticed() -> None:
    assert not is_allowed(Package("one", "1", "GPL-3.0-only"))
    assert not is_allowed(Package("one", "1", "not declared"))
    assert is_allowed(Package("one", "1", "LGPL-3.0-only"))
