#!/usr/bin/env bash
# Creates a Cognito user pool for the contact book, and prints the parameters of the deployment.
#
#     infra/user-pool.sh NAME URL…
#
# Users return to one of the URLs after signing in or out. Each must be https:// (or http://localhost with a port). If the
# pool exists, the script updates its URLs.
#
# It needs the AWS CLI with a region, and permissions for cognito-idp and sts:GetCallerIdentity.
set -euo pipefail

if [ $# -lt 2 ] || [[ ! $1 =~ ^[a-z0-9][a-z0-9-]*$ || $1 =~ aws|amazon|cognito ]]; then
    echo "usage: infra/user-pool.sh NAME URL…" >&2
    echo "NAME must be lower-case letters, digits and hyphens, without the words aws, amazon and cognito" >&2
    exit 1
fi
name=$1
shift
# As JSON, since the AWS CLI would download a plain URL and use the content.
urls=$(printf '"%s",' "$@")
urls="[${urls%,}]"

# The domain must be unique in the region.
domain=$name-$(aws sts get-caller-identity --query Account --output text)
pool=$(aws cognito-idp describe-user-pool-domain --domain "$domain" --query DomainDescription.UserPoolId --output text)
if [ "$pool" = None ]; then
    # No sign-up: an administrator decides who may see which contacts.
    pool=$(aws cognito-idp create-user-pool --pool-name "$name" \
        --username-attributes email --auto-verified-attributes email --username-configuration CaseSensitive=false \
        --admin-create-user-config AllowAdminCreateUserOnly=true \
        --account-recovery-setting 'RecoveryMechanisms=[{Priority=1,Name=verified_email}]' --schema \
        'Name=workspace_id,AttributeDataType=String,Mutable=true,StringAttributeConstraints={MinLength=1,MaxLength=64}' \
        --deletion-protection ACTIVE --query UserPool.Id --output text)
    aws cognito-idp create-user-pool-domain --user-pool-id "$pool" --domain "$domain" > /dev/null
fi

# An ID token contains the attributes that the client may read, and users can change those that it may write. The workspace
# is only readable. The only scope is openid, since others would remove attributes from the token. Users sign in on the
# pages of the domain: all other flows are off.
settings=(--user-pool-id "$pool" --client-name "$name"
    --allowed-o-auth-flows-user-pool-client --allowed-o-auth-flows code --allowed-o-auth-scopes openid
    --explicit-auth-flows ALLOW_REFRESH_TOKEN_AUTH --supported-identity-providers COGNITO
    --callback-urls "$urls" --logout-urls "$urls"
    --read-attributes email email_verified custom:workspace_id --write-attributes email
    --prevent-user-existence-errors ENABLED --query UserPoolClient.ClientId --output text)
client=$(aws cognito-idp list-user-pool-clients --user-pool-id "$pool" \
    --query "UserPoolClients[?ClientName=='$name'].ClientId | [0]" --output text)
if [ "$client" = None ]; then
    client=$(aws cognito-idp create-user-pool-client --no-generate-secret "${settings[@]}")
else
    # With all settings, since an update resets those that it does not name.
    client=$(aws cognito-idp update-user-pool-client --client-id "$client" "${settings[@]}")
fi

region=${pool%%_*}
cat <<END
The pool is $pool. The parameters of the deployment are:

JwtIssuer=https://cognito-idp.$region.amazonaws.com/$pool
JwtAudience=$client
WorkspaceClaim=custom:workspace_id
PageOrigins=https://$domain.auth.$region.amazoncognito.com
END
