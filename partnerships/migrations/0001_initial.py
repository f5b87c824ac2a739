import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "code",
                    models.CharField(
                        max_length=12,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([ENWSKJ]\\d{8}|SN-[ENWSKJ]\\d{8})$", "Write the ONS code like E08000010."
                            )
                        ],
                        verbose_name="ONS code",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("country", "Country"),
                            ("region", "Region"),
                            ("county", "County"),
                            ("unitary", "Unitary or metropolitan authority"),
                            ("district", "District"),
                            ("neighbours", "Statistical neighbours of an area, together"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="partnerships.area",
                        verbose_name="lies in",
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("note", models.TextField(blank=True)),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Partnership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=160)),
                ("short_name", models.CharField(blank=True, max_length=60)),
                ("summary", models.TextField(blank=True, help_text="One sentence, for the public page.")),
                ("purpose", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("founded_on", models.DateField(blank=True, null=True)),
                ("founded_note", models.CharField(blank=True, max_length=300)),
                ("is_public", models.BooleanField(default=True, help_text="Has a public page.")),
                (
                    "is_second_person_required",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever approved a report may not be the one who publishes it.",
                        verbose_name="a second person publishes",
                    ),
                ),
                (
                    "version",
                    models.PositiveBigIntegerField(
                        default=1, editable=False, help_text="Rises with every write to what the dashboard shows."
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partnerships", to="partnerships.area"
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partnerships",
                        to="partnerships.calendar",
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Board",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=160)),
                ("summary", models.TextField(blank=True)),
                ("meets", models.CharField(blank=True, help_text="How often, such as each half term.", max_length=120)),
                ("is_reporting", models.BooleanField(default=False, verbose_name="receives the termly report")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="boards",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "ordering": ["partnership", "position", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("partnership", "slug"), name="board_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_reporting", True)),
                        fields=("partnership",),
                        name="board_one_reporting",
                        violation_error_message="Another board of this partnership already receives the termly report.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        error_messages={"unique": "Someone already signs in with this address."},
                        max_length=254,
                        unique=True,
                        verbose_name="email address",
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("job_title", models.CharField(blank=True, max_length=150)),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, help_text="May use the administration pages.", verbose_name="administrator"
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Clear this instead of deleting a person.", verbose_name="may sign in"
                    ),
                ),
                (
                    "is_demo",
                    models.BooleanField(
                        default=False,
                        help_text="An invented person, for demonstration only.",
                        verbose_name="demonstration",
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={"verbose_name": "person", "verbose_name_plural": "people", "ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="AreaNeighbour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="neighbour_links",
                        to="partnerships.area",
                    ),
                ),
                (
                    "neighbour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partnerships.area"
                    ),
                ),
            ],
            options={
                "ordering": ["area", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("area", "neighbour"), name="area_neighbour_once"),
                    models.CheckConstraint(
                        condition=models.Q(("area", models.F("neighbour")), _negated=True),
                        name="area_not_own_neighbour",
                        violation_error_message="An area is not its own neighbour.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalOrganisation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=160)),
                ("short_name", models.CharField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("local_authority", "Local authority"),
                            ("nhs", "NHS trust or health body"),
                            ("college", "College"),
                            ("university", "University"),
                            ("school", "School"),
                            ("employer", "Employer"),
                            ("government", "Government body"),
                            ("voluntary", "Voluntary or charitable body"),
                            ("network", "Network or partnership"),
                            ("service", "Service"),
                            ("venue", "Venue or site"),
                            ("youth_voice", "Youth voice"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                ("summary", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("source", models.CharField(blank=True, max_length=300)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.area",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical organisation",
                "verbose_name_plural": "historical organisations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPartnership",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=160)),
                ("short_name", models.CharField(blank=True, max_length=60)),
                ("summary", models.TextField(blank=True, help_text="One sentence, for the public page.")),
                ("purpose", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("founded_on", models.DateField(blank=True, null=True)),
                ("founded_note", models.CharField(blank=True, max_length=300)),
                ("is_public", models.BooleanField(default=True, help_text="Has a public page.")),
                (
                    "is_second_person_required",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever approved a report may not be the one who publishes it.",
                        verbose_name="a second person publishes",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.area",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.calendar",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical partnership",
                "verbose_name_plural": "historical partnerships",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, max_length=200)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="meetings", to="partnerships.board"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("board", "starts_at"),
                        name="meeting_once",
                        violation_error_message="The board already meets then.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=160)),
                ("short_name", models.CharField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("local_authority", "Local authority"),
                            ("nhs", "NHS trust or health body"),
                            ("college", "College"),
                            ("university", "University"),
                            ("school", "School"),
                            ("employer", "Employer"),
                            ("government", "Government body"),
                            ("voluntary", "Voluntary or charitable body"),
                            ("network", "Network or partnership"),
                            ("service", "Service"),
                            ("venue", "Venue or site"),
                            ("youth_voice", "Youth voice"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                ("summary", models.TextField(blank=True)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="partnerships.area",
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("lead", "Lead"), ("partner", "Partner")], default="partner", max_length=10
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="partnerships.organisation",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "ordering": ["partnership", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("partnership", "organisation"),
                        name="membership_once",
                        violation_error_message="This organisation is already a member.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="membership_ends_after_start",
                        violation_error_message="The membership must end after it starts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mou", "Memorandum of understanding"),
                            ("civic_university_agreement", "Civic university agreement"),
                            ("deal", "Deal"),
                            ("charter", "Charter"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "Planned"), ("in force", "In force"), ("ended", "Ended")],
                        default="in force",
                        max_length=10,
                    ),
                ),
                ("signed_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("signed_on", models.DateField(blank=True, null=True)),
                ("summary", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "parties",
                    models.ManyToManyField(blank=True, related_name="agreements", to="partnerships.organisation"),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "ordering": ["partnership", "signed_year", "title"],
                "constraints": [models.UniqueConstraint(fields=("partnership", "slug"), name="agreement_once")],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("officer", "Officer"), ("lead", "Partnership lead")], max_length=10),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="partnerships.organisation",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="partnerships.partnership"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "ordering": ["partnership", "kind", "user"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("user"),
                        models.F("kind"),
                        models.F("partnership"),
                        django.db.models.functions.comparison.Coalesce("organisation", 0),
                        name="role_once",
                        violation_error_message="This person already has this role.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "officer"), _negated=True),
                            ("organisation__isnull", False),
                            _connector="OR",
                        ),
                        name="role_officer_has_organisation",
                        violation_error_message="Choose the organisation that the officer works for.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="role_ends_after_start",
                        violation_error_message="The role must end after it starts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("chair", "Chair"), ("member", "Member"), ("secretary", "Secretary")],
                        default="member",
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="partnerships.board"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "ordering": ["board", "kind", "user"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("board", "user"),
                        name="seat_once",
                        violation_error_message="This person already sits on the board.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="seat_ends_after_start",
                        violation_error_message="The seat must end after it starts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "code",
                    models.CharField(
                        help_text="Like 2024-25-autumn.",
                        max_length=14,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{4}-\\d{2}-(autumn|spring|summer)$", "Write the term like 2024-25-autumn."
                            )
                        ],
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("half_term_starts_on", models.DateField(blank=True, null=True)),
                ("half_term_ends_on", models.DateField(blank=True, null=True)),
                (
                    "is_checked",
                    models.BooleanField(default=False, help_text="The dates were checked against the council's own."),
                ),
                ("source", models.CharField(blank=True, max_length=300)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="partnerships.calendar"
                    ),
                ),
            ],
            options={
                "ordering": ["calendar", "starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("calendar", "code"),
                        name="term_once",
                        violation_error_message="This calendar already has that term.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="term_ends_after_start",
                        violation_error_message="The term must end after it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("half_term_ends_on__isnull", True), ("half_term_starts_on__isnull", True)),
                            models.Q(
                                ("half_term_ends_on__gte", models.F("half_term_starts_on")),
                                ("half_term_ends_on__lt", models.F("ends_on")),
                                ("half_term_starts_on__gt", models.F("starts_on")),
                            ),
                            _connector="OR",
                        ),
                        name="term_half_term_inside",
                        violation_error_message="Half term must lie inside the term, and needs both its dates.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="partnership",
            name="organisations",
            field=models.ManyToManyField(
                related_name="partnerships", through="partnerships.Membership", to="partnerships.organisation"
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="neighbours",
            field=models.ManyToManyField(
                related_name="neighbour_of",
                through="partnerships.AreaNeighbour",
                through_fields=("area", "neighbour"),
                to="partnerships.area",
            ),
        ),
    ]
