"""Partnerships, areas, terms and agreements as anyone may read them."""

from typing import Any

from rest_framework import serializers

from partnerships.models import Agreement, Area, Membership, Organisation, Partnership, Term


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """An organisation's part in a partnership."""

    organisation = serializers.SlugRelatedField[Organisation](slug_field="slug", read_only=True)

    class Meta:
        model = Membership
        fields = ["organisation", "role", "starts_on", "ends_on"]


class PartnershipSerializer(serializers.ModelSerializer[Partnership]):
    area = serializers.SlugRelatedField[Area](slug_field="code", read_only=True, help_text="ONS code.")
    calendar = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    website = serializers.CharField(source="url", help_text="Its web address, or empty.")
    members = MembershipSerializer(source="memberships", many=True)

    class Meta:
        model = Partnership
        fields = [
            "slug",
            "name",
            "short_name",
            "summary",
            "purpose",
            "area",
            "calendar",
            "website",
            "founded_on",
            "members",
        ]


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    area = serializers.SlugRelatedField[Area](slug_field="code", read_only=True, help_text="ONS code.", allow_null=True)
    website = serializers.CharField(source="url", help_text="Its web address, or empty.")

    class Meta:
        model = Organisation
        fields = ["slug", "name", "short_name", "kind", "summary", "website", "area"]


class AreaSerializer(serializers.ModelSerializer[Area]):
    code = serializers.CharField(help_text="ONS code.")
    parent = serializers.SlugRelatedField[Area](  # type: ignore[assignment]  # a field of the answer
        slug_field="code", read_only=True, allow_null=True, help_text="The area it lies in, by ONS code."
    )

    class Meta:
        model = Area
        fields = ["code", "name", "level", "parent"]


class TermSerializer(serializers.ModelSerializer[Term]):
    calendar = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    are_dates_checked = serializers.BooleanField(source="is_checked", help_text="Checked against the council's own.")

    class Meta:
        model = Term
        fields = [
            "id",
            "calendar",
            "code",
            "starts_on",
            "ends_on",
            "half_term_starts_on",
            "half_term_ends_on",
            "are_dates_checked",
        ]


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    partnership = serializers.SlugRelatedField[Partnership](slug_field="slug", read_only=True)
    parties = serializers.SlugRelatedField[Organisation](slug_field="slug", read_only=True, many=True)

    class Meta:
        model = Agreement
        fields = [
            "id",
            "partnership",
            "slug",
            "title",
            "kind",
            "status",
            "signed_on",
            "signed_year",
            "summary",
            "parties",
        ]
