"""The right that each operation needs: one table, read by `access` and by the test that walks every route."""

from enum import StrEnum
from typing import NamedTuple

from store.accounts.access import Right


class Of(StrEnum):
    """What the right is needed on."""

    DATASET = "dataset"
    """The dataset that the ids in the path belong to."""
    NAMED = "named"
    """A dataset that the body names: the endpoint requires it."""
    ACCOUNT = "account"
    """Nothing but an account: lists of the caller's datasets, the account itself."""
    SERVICE = "service"
    """The service: only administrators."""


class Rule(NamedTuple):
    """`right` also says which scope a token needs."""

    right: Right
    of: Of


READ, REVIEW, MANAGE = (Rule(right, Of.DATASET) for right in (Right.READ, Right.REVIEW, Right.MANAGE))
ADMIN = Rule(Right.ADMIN, Of.SERVICE)
SEE_OWN = Rule(Right.READ, Of.ACCOUNT)
CHANGE_OWN = Rule(Right.ADMIN, Of.ACCOUNT)

PUBLIC = {
    "GET /health",
    "OPTIONS /uploads",
    "GET /session",
    "POST /session",
    "DELETE /session",
    "POST /session/oidc/login",
    "GET /session/oidc/callback",
    "POST /password-links/preview",
    "POST /password-links/redeem",
}
"""What anybody may call."""

# An operation that is in no table is refused with an internal error.
RULES = {
    "GET /datasets": SEE_OWN,
    "POST /datasets": Rule(Right.MANAGE, Of.ACCOUNT),
    "GET /datasets/{dataset_id}": READ,
    "PATCH /datasets/{dataset_id}": MANAGE,
    "DELETE /datasets/{dataset_id}": MANAGE,
    "PUT /datasets/{dataset_id}/archive": MANAGE,
    "POST /datasets/{dataset_id}/ingest": MANAGE,
    "GET /datasets/{dataset_id}/ingest": READ,
    "POST /datasets/{dataset_id}/verified-images": MANAGE,
    "GET /datasets/{dataset_id}/verified-images": READ,
    "POST /datasets/{dataset_id}/additions": MANAGE,
    "POST /datasets/{dataset_id}/additions/checked": MANAGE,
    "GET /datasets/{dataset_id}/additions": READ,
    "GET /sources": Rule(Right.MANAGE, Of.ACCOUNT),
    "GET /sources/folders": Rule(Right.MANAGE, Of.ACCOUNT),
    "PUT /datasets/{dataset_id}/source": MANAGE,
    "GET /datasets/{dataset_id}/source": READ,
    "PATCH /datasets/{dataset_id}/source": MANAGE,
    "POST /datasets/{dataset_id}/source/check": MANAGE,
    "POST /datasets/{dataset_id}/source/additions": MANAGE,
    "POST /uploads": Rule(Right.MANAGE, Of.ACCOUNT),  # the endpoint requires the dataset that it names
    "GET /uploads/{upload_id}": MANAGE,
    "HEAD /uploads/{upload_id}": MANAGE,
    "PATCH /uploads/{upload_id}": MANAGE,
    "DELETE /uploads/{upload_id}": MANAGE,
    "GET /datasets/{dataset_id}/rejections": READ,
    "GET /datasets/{dataset_id}/changes": READ,
    "POST /datasets/{dataset_id}/changes/{number}/undo": MANAGE,
    "GET /datasets/{dataset_id}/removed-images": READ,
    "POST /datasets/{dataset_id}/removed-images": MANAGE,
    "POST /datasets/{dataset_id}/removed-images/restore": MANAGE,
    "GET /datasets/{dataset_id}/classes": READ,
    "POST /datasets/{dataset_id}/classes/split": MANAGE,
    "POST /datasets/{dataset_id}/classes": MANAGE,
    "PUT /datasets/{dataset_id}/classes/order": MANAGE,
    "PATCH /datasets/{dataset_id}/classes/{index}": MANAGE,
    "DELETE /datasets/{dataset_id}/classes/{index}": MANAGE,
    "POST /datasets/{dataset_id}/classes/{index}/merge": MANAGE,
    "POST /samples/{sample_id}/class-proposals": REVIEW,
    "GET /datasets/{dataset_id}/class-proposals": READ,
    "POST /datasets/{dataset_id}/class-proposals/{proposal_id}/decision": MANAGE,
    "POST /datasets/{dataset_id}/class-proposals/{proposal_id}/withdrawal": REVIEW,  # of another's: manage
    "GET /datasets/{dataset_id}/samples": READ,
    "GET /samples/{sample_id}": READ,
    "GET /samples/{sample_id}/metadata": READ,
    "GET /datasets/{dataset_id}/tags": READ,
    "POST /datasets/{dataset_id}/tags": REVIEW,
    "GET /datasets/{dataset_id}/tags/trail": READ,
    "GET /datasets/{dataset_id}/views": READ,
    "POST /datasets/{dataset_id}/views": REVIEW,
    "PATCH /datasets/{dataset_id}/views/{view_id}": REVIEW,
    "DELETE /datasets/{dataset_id}/views/{view_id}": REVIEW,
    "GET /jobs/{job_id}/error-rates": READ,
    "GET /samples/{sample_id}/image": READ,
    "GET /samples/{sample_id}/original": READ,
    "GET /samples/{sample_id}/thumbnail": READ,
    "POST /datasets/{dataset_id}/verifications": MANAGE,  # an upload overrides all opinions
    "GET /datasets/{dataset_id}/verifications": READ,
    "GET /datasets/{dataset_id}/verified-set": READ,
    "POST /datasets/{dataset_id}/verifications/batch": REVIEW,
    "POST /samples/{sample_id}/verifications": REVIEW,
    "GET /samples/{sample_id}/verifications": READ,
    "POST /verifications/{verification_id}/withdrawal": REVIEW,  # of another's decision: manage
    "POST /datasets/{dataset_id}/leases": REVIEW,
    "DELETE /datasets/{dataset_id}/leases": REVIEW,
    "GET /datasets/{dataset_id}/queues": READ,
    "GET /datasets/{dataset_id}/shares": READ,
    "GET /datasets/{dataset_id}/shares/preview": READ,
    "POST /datasets/{dataset_id}/shares": MANAGE,
    "DELETE /datasets/{dataset_id}/shares/{share_id}": MANAGE,
    "GET /datasets/{dataset_id}/withdrawals/preview": READ,
    "POST /datasets/{dataset_id}/withdrawals": MANAGE,
    "GET /samples/{sample_id}/comments": READ,
    "POST /samples/{sample_id}/comments": REVIEW,
    "GET /datasets/{dataset_id}/comments": READ,
    "GET /datasets/{dataset_id}/agreement": READ,
    "GET /datasets/{dataset_id}/reviewers": READ,
    "POST /jobs": Rule(Right.MANAGE, Of.NAMED),
    "GET /jobs": SEE_OWN,
    "GET /jobs/{job_id}": READ,
    "POST /jobs/{job_id}/cancel": MANAGE,
    "GET /jobs/{job_id}/epochs": READ,
    "GET /jobs/{job_id}/events": READ,
    "GET /weights": SEE_OWN,
    "GET /jobs/{job_id}/summary": READ,
    "GET /jobs/{job_id}/results": READ,
    "GET /jobs/{job_id}/results.arrow": READ,
    "GET /jobs/{job_id}/results/{sample_id}": READ,
    "GET /jobs/{job_id}/columns": READ,
    "GET /jobs/{job_id}/issues": READ,
    "GET /jobs/{job_id}/issues/{kind}": READ,
    "GET /jobs/{job_id}/issues/{kind}/columns": READ,
    "GET /jobs/{job_id}/duplicates": READ,
    "GET /jobs/{job_id}/duplicates/{number}": READ,
    "POST /jobs/{job_id}/duplicates/{number}/settle": REVIEW,
    "GET /jobs/{job_id}/samples/{sample_id}/similar": READ,
    "GET /jobs/{job_id}/map": READ,
    "GET /jobs/{job_id}/auto-accept": READ,
    "GET /jobs/{job_id}/auto-accept/preview": READ,
    "PUT /jobs/{job_id}/auto-accept": MANAGE,
    "DELETE /jobs/{job_id}/auto-accept": MANAGE,
    "GET /jobs/{job_id}/review-progress": READ,
    "GET /jobs/{job_id}/comparison": READ,
    "POST /jobs/{job_id}/exports": MANAGE,
    "GET /jobs/{job_id}/exports": READ,
    "GET /exports/{export_id}": READ,
    "GET /exports/{export_id}/file": READ,
    "POST /datasets/{dataset_id}/versions": MANAGE,
    "GET /datasets/{dataset_id}/versions": READ,
    "GET /versions/{version_id}": READ,
    "DELETE /versions/{version_id}": MANAGE,
    "POST /versions/{version_id}/exports": MANAGE,
    "GET /versions/{version_id}/exports": READ,
    "POST /versions/{version_id}/comparisons": READ,
    "GET /version-comparisons/{comparison_id}": READ,
    "GET /version-comparisons/{comparison_id}/differences": READ,
    "GET /datasets/{dataset_id}/webhooks": MANAGE,  # an address may hold a secret
    "POST /datasets/{dataset_id}/webhooks": MANAGE,
    "PATCH /datasets/{dataset_id}/webhooks/{webhook_id}": MANAGE,
    "DELETE /datasets/{dataset_id}/webhooks/{webhook_id}": MANAGE,
    "POST /datasets/{dataset_id}/webhooks/{webhook_id}/ping": MANAGE,
    "GET /datasets/{dataset_id}/webhooks/{webhook_id}/deliveries": MANAGE,
    "POST /datasets/{dataset_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/redelivery": MANAGE,
    "GET /users": ADMIN,
    "POST /users": ADMIN,
    "GET /users/{user_id}": ADMIN,
    "PATCH /users/{user_id}": ADMIN,
    "POST /users/{user_id}/password-link": ADMIN,
    "GET /users/me": SEE_OWN,
    "PUT /users/me/password": CHANGE_OWN,
    "GET /users/me/tokens": SEE_OWN,
    "POST /users/me/tokens": CHANGE_OWN,
    "DELETE /users/me/tokens/{token_id}": CHANGE_OWN,
    "GET /users/me/sessions": SEE_OWN,
    "DELETE /users/me/sessions/{session_id}": CHANGE_OWN,
    "GET /datasets/{dataset_id}/members": READ,
    "POST /datasets/{dataset_id}/members": MANAGE,
    "PUT /datasets/{dataset_id}/members/{user_id}": MANAGE,
    "DELETE /datasets/{dataset_id}/members/{user_id}": MANAGE,
}
