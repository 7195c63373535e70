package s3

import (
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"
)

// Codes of S3 that are looked at.
const (
	codeNoBucket     = "NoSuchBucket"
	codeNoKey        = "NoSuchKey"
	codeArchived     = "InvalidObjectState"
	codeChanged      = "PreconditionFailed"
	codeDenied       = "AccessDenied"
	codeNoID         = "InvalidAccessKeyId"
	codeSignature    = "SignatureDoesNotMatch"
	codeExpired      = "ExpiredToken"
	codeInvalidToken = "InvalidToken"
	codeRegion       = "AuthorizationHeaderMalformed"
	codeRedirect     = "PermanentRedirect"
)

// codeOf returns the code that the server gave, "" for none.
func codeOf(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// refused says in words why the server has not done what was asked of it, naming the
// field in question. Credentials are not repeated.
func (s *store) refused(doing string, err error) error {
	why := ""
	switch codeOf(err) {
	case codeNoBucket:
		why = fmt.Sprintf("%s is %q, which is not there", fieldBucket, s.set.bucket)
	case codeDenied:
		why = "access is denied: the credentials need s3:ListBucket for the bucket and s3:GetObject for its objects"
	case codeNoID:
		why = fmt.Sprintf("%s.%s is not known there", fieldCredentials, fieldID)
	case codeSignature:
		why = fmt.Sprintf("%s.%s does not belong to %s", fieldCredentials, fieldSecret, fieldID)
	case codeExpired, codeInvalidToken:
		why = fmt.Sprintf("%s.%s has expired or is not one", fieldCredentials, fieldToken)
	case codeRegion, codeRedirect:
		why = fmt.Sprintf("%s is %q, and the bucket is in another", fieldRegion, s.set.region)
	default:
		return fmt.Errorf("%s at %s: %w", doing, s.set.endpoint, err)
	}
	return fmt.Errorf("%s at %s: %s: %w", doing, s.set.endpoint, why, err)
}
