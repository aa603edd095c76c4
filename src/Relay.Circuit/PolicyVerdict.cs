namespace Relay.Circuit;

/// <summary>An access-control verdict with the policy version that was in force before the filter was asked.</summary>
/// <param name="Verdict">What the filter said.</param>
/// <param name="PolicyVersion">The version; when it is not the present one, the verdict counts for nothing.</param>
/// <param name="Refusal">The reason code of a refusal: the filter said no, or it threw.</param>
internal readonly record struct PolicyVerdict(AclVerdict Verdict, long PolicyVersion, ReasonCode Refusal = ReasonCode.AclDenied);
