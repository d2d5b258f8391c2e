#!/usr/bin/env bash
# Makes a Cognito user pool whose users sign in to the contact book, and tells the parameters of the deployment.
#
#     infra/user-pool.sh NAME URL…
#
# Users are sent back to one of the URLs after signing in or out; each is https:// (or http://localhost, with a port). Run
# again, it changes the URLs of the pool of that name.
#
# It needs the AWS CLI with a region, and the permissions for cognito-idp and sts:GetCallerIdentity.
set -euo pipefail

if [ $# -lt 2 ] || [[ ! $1 =~ ^[a-z0-9][a-z0-9-]*$ || $1 =~ aws|amazon|cognito ]]; then
    echo "usage: infra/user-pool.sh NAME URL…" >&2
    echo "NAME is lower-case letters, digits and hyphens, without the words aws, amazon and cognito" >&2
    exit 1
fi
name=$1
shift
# As JSON, since the AWS CLI would read a URL as the place of the value.
urls=$(printf '"%s",' "$@")
urls="[${urls%,}]"

# Its name has to be unlike all others in the region.
domain=$name-$(aws sts get-caller-identity --query Account --output text)
pool=$(aws cognito-idp describe-user-pool-domain --domain "$domain" --query DomainDescription.UserPoolId --output text)
if [ "$pool" = None ]; then
    # Nobody signs up: who may see which contacts is for an administrator to say.
    pool=$(aws cognito-idp create-user-pool --pool-name "$name" \
        --username-attributes email --auto-verified-attributes email --username-configuration CaseSensitive=false \
        --admin-create-user-config AllowAdminCreateUserOnly=true \
        --account-recovery-setting 'RecoveryMechanisms=[{Priority=1,Name=verified_email}]' --schema \
        'Name=workspace_id,AttributeDataType=String,Mutable=true,StringAttributeConstraints={MinLength=1,MaxLength=64}' \
        --deletion-protection ACTIVE --query UserPool.Id --output text)
    aws cognito-idp create-user-pool-domain --user-pool-id "$pool" --domain "$domain" > /dev/null
fi

# What an ID token holds is what the client may read, and what users may change of themselves is what it may write: the
# workspace is in the first list only. The scope is openid alone, since others would narrow the token. Users sign in on
# the pages of the domain: no other flow is open.
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
    # All of them, since what an update does not name goes back to its default.
    client=$(aws cognito-idp update-user-pool-client --client-id "$client" "${settings[@]}")
fi

region=${pool%%_*}
cat <<END
the pool is $pool; the deployment's parameters are

JwtIssuer=https://cognito-idp.$region.amazonaws.com/$pool
JwtAudience=$client
WorkspaceClaim=custom:workspace_id
PageOrigins=https://$domain.auth.$region.amazoncognito.com
END
