# One recipe for the example API, the migration job and (with the extra `lab`) JupyterLab.
FROM python:3.12-slim

ARG EXTRAS=example,mysql,postgresql
# A container forgets, so no checksums of applied revisions are kept in one.
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 SCHEMA_LAB_CHECKSUMS=off

RUN useradd --create-home --uid 1000 lab \
    && install --directory --owner lab --group lab /app /app/schema_lab
WORKDIR /app

# The libraries first, on an empty package, so that an edit of the sources keeps this layer.
COPY --chown=lab:lab pyproject.toml constraints.txt README.md LICENSE ./
RUN touch schema_lab/__init__.py \
    && pip install --quiet --constraint constraints.txt --editable ".[${EXTRAS}]"

COPY --chown=lab:lab alembic.ini ./
COPY --chown=lab:lab schema_lab schema_lab
COPY --chown=lab:lab alembic alembic
COPY --chown=lab:lab scripts scripts
COPY --chown=lab:lab examples examples
COPY --chown=lab:lab notebooks notebooks

USER lab
EXPOSE 8000 8888
CMD ["uvicorn", "examples.api:app", "--host", "0.0.0.0", "--port", "8000"]
