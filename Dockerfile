# One image for every process of the product; docker-compose.yml says which command each one runs.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The dependencies first: they change less often than the code, so their layer is reused.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY write_side write_side
COPY projections projections
COPY read_side read_side
COPY api api
COPY history history
COPY workers workers
COPY storefold storefold
RUN pip install --no-deps --no-build-isolation .

# The stand-ins' volumes take this folder's owner.
RUN useradd --system --home-dir /data --create-home storefold
USER storefold
WORKDIR /data
VOLUME /data

EXPOSE 8000
CMD ["storefold", "api"]
