import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import priorities.models.progress
import wesp_portal.common.validators


class Migration(migrations.Migration):
    initial = True
    dependencies = [("partnerships", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Strategy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("vision", models.TextField(blank=True)),
                ("official_wording", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "theme_word",
                    models.CharField(default="Theme", help_text="What this strategy calls its themes.", max_length=30),
                ),
                (
                    "priority_word",
                    models.CharField(
                        default="Priority", help_text="What this strategy calls its priorities.", max_length=30
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strategies",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "strategies",
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("ends_on__gt", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="strategy_ends_after_start",
                        violation_error_message="The strategy must end after it starts.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("vision", models.TextField(blank=True)),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="themes", to="priorities.strategy"
                    ),
                ),
            ],
            options={
                "ordering": ["strategy", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("strategy", "ref"),
                        name="theme_ref_once",
                        violation_error_message="Another theme has this reference.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkedStrategy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.SlugField(max_length=80, verbose_name="reference")),
                (
                    "relation",
                    models.CharField(help_text="Such as delivers, responds to, is aligned with.", max_length=60),
                ),
                ("period", models.CharField(blank=True, max_length=60)),
                ("note", models.TextField(blank=True)),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="linked_strategies",
                        to="priorities.strategy",
                    ),
                ),
                ("themes", models.ManyToManyField(blank=True, related_name="linked_strategies", to="priorities.theme")),
            ],
            options={
                "verbose_name_plural": "linked strategies",
                "ordering": ["strategy", "position", "ref"],
                "constraints": [models.UniqueConstraint(fields=("strategy", "ref"), name="linked_strategy_ref_once")],
            },
        ),
        migrations.CreateModel(
            name="Priority",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("summary", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("stepping_down", "Stepping down"),
                            ("handed_over", "Handed over"),
                            ("closed", "Closed"),
                        ],
                        default="active",
                        max_length=15,
                    ),
                ),
                ("handed_over_to", models.CharField(blank=True, max_length=200)),
                ("exit_strategy", models.TextField(blank=True)),
                (
                    "linked_strategy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="priorities",
                        to="priorities.linkedstrategy",
                        verbose_name="delivered by",
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="priorities", to="priorities.strategy"
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="priorities",
                        to="priorities.theme",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "priorities",
                "ordering": ["strategy", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("strategy", "ref"),
                        name="priority_ref_once",
                        violation_error_message="Another priority has this reference.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "handed_over"), _negated=True),
                            models.Q(("handed_over_to", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="priority_handed_over_to_whom",
                        violation_error_message="Say to whom the priority was handed over.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                (
                    "priority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="objectives", to="priorities.priority"
                    ),
                ),
            ],
            options={
                "ordering": ["priority", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("priority", "ref"),
                        name="objective_ref_once",
                        violation_error_message="Another objective has this reference.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Achievement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("ref", models.CharField(blank=True, max_length=40, verbose_name="reference")),
                ("title", models.CharField(max_length=300, verbose_name="what happened")),
                ("detail", models.TextField(blank=True)),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                ("quantity", models.PositiveIntegerField(blank=True, null=True, verbose_name="how many")),
                (
                    "quantity_qualifier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "Over"),
                            ("at least", "At least"),
                            ("about", "About"),
                            ("up to", "Up to"),
                            ("fewer than", "Fewer than"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity_unit", models.CharField(blank=True, max_length=80, verbose_name="of what")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("published", "Published"),
                            ("returned", "Returned"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="show on the public page")),
                ("source", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("logged_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "logged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="achievements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisations",
                    models.ManyToManyField(blank=True, related_name="achievements", to="partnerships.organisation"),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="achievements",
                        to="partnerships.partnership",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        help_text="The term it counts in.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="achievements",
                        to="partnerships.term",
                    ),
                ),
                (
                    "priorities",
                    models.ManyToManyField(blank=True, related_name="achievements", to="priorities.priority"),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        blank=True,
                        help_text="The one that states it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="achievements",
                        to="priorities.strategy",
                    ),
                ),
            ],
            options={
                "ordering": ["-happened_on", "-logged_at"],
                "indexes": [models.Index(fields=["partnership", "term", "status"], name="achievement_by_term")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("strategy__isnull", False), models.Q(("ref", ""), _negated=True)),
                        fields=("strategy", "ref"),
                        name="achievement_ref_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            ("happened_on__isnull", False),
                            models.Q(("period", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="achievement_has_when",
                        violation_error_message="Say when it happened.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__isnull", True), models.Q(("quantity_unit", ""), _negated=True), _connector="OR"
                        ),
                        name="achievement_quantity_has_unit",
                        violation_error_message="Say what the number counts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("is_demo", models.BooleanField(default=False, editable=False, verbose_name="demonstration")),
                ("latest_term", models.CharField(blank=True, editable=False, max_length=14)),
                ("latest_status", models.CharField(blank=True, editable=False, max_length=12)),
                (
                    "latest_rag",
                    models.CharField(
                        blank=True,
                        choices=[("on_track", "On track"), ("at_risk", "At risk"), ("off_track", "Off track")],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("trail", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="led_activities",
                        to="partnerships.organisation",
                        verbose_name="lead organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="activities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="priorities.objective",
                    ),
                ),
                (
                    "priority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="activities", to="priorities.priority"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "activities",
                "ordering": ["priority", "objective", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("priority", "ref"),
                        name="activity_ref_once",
                        violation_error_message="Another activity has this reference.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on__isnull", True),
                            ("starts_on__isnull", True),
                            ("due_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="activity_due_after_start",
                        violation_error_message="The activity must be due after it starts.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("not_started", "Not started"), ("under_way", "Under way"), ("done", "Done")],
                        max_length=12,
                    ),
                ),
                (
                    "rag",
                    models.CharField(
                        blank=True,
                        choices=[("on_track", "On track"), ("at_risk", "At risk"), ("off_track", "Off track")],
                        max_length=10,
                        verbose_name="RAG",
                    ),
                ),
                ("words", models.TextField(blank=True)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it is at risk or off track, and what is being done."),
                ),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="updates", to="priorities.activity"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="partnerships.term"
                    ),
                ),
            ],
            options={
                "ordering": ["activity_id", "-term__starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity", "term"),
                        name="update_once",
                        violation_error_message="This activity has its update for the term.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rag__in", ["at_risk", "off_track"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="update_reason_unless_green",
                        violation_error_message="Say why it is at risk or off track, and what is being done.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "not_started"), models.Q(("rag", ""), _negated=True), _connector="OR"
                        ),
                        name="update_rag_once_started",
                        violation_error_message="Choose whether it is on track, at risk or off track.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200)),
                ("link", models.URLField(blank=True, max_length=500)),
                (
                    "file",
                    models.FileField(blank=True, max_length=120, upload_to=priorities.models.progress.evidence_path),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "achievement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="priorities.achievement",
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="priorities.activityupdate",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ["added_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("achievement__isnull", True), ("update__isnull", True), _connector="XOR"),
                        name="evidence_behind_one_thing",
                        violation_error_message="Evidence stands behind one achievement or one update.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("link", ""), ("file", ""), _connector="XOR"),
                        name="evidence_file_or_link",
                        violation_error_message="Give a file or a link.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAchievement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("ref", models.CharField(blank=True, max_length=40, verbose_name="reference")),
                ("title", models.CharField(max_length=300, verbose_name="what happened")),
                ("detail", models.TextField(blank=True)),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                ("quantity", models.PositiveIntegerField(blank=True, null=True, verbose_name="how many")),
                (
                    "quantity_qualifier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "Over"),
                            ("at least", "At least"),
                            ("about", "About"),
                            ("up to", "Up to"),
                            ("fewer than", "Fewer than"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity_unit", models.CharField(blank=True, max_length=80, verbose_name="of what")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("published", "Published"),
                            ("returned", "Returned"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("is_public", models.BooleanField(default=False, verbose_name="show on the public page")),
                ("source", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("logged_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "logged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.partnership",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The term it counts in.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.term",
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The one that states it.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.strategy",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical achievement",
                "verbose_name_plural": "historical achievements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAchievement_organisations",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "achievement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.achievement",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="priorities.historicalachievement",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.organisation",
                    ),
                ),
            ],
            options={"verbose_name": "HistoricalAchievement_organisations"},
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalActivityUpdate",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("not_started", "Not started"), ("under_way", "Under way"), ("done", "Done")],
                        max_length=12,
                    ),
                ),
                (
                    "rag",
                    models.CharField(
                        blank=True,
                        choices=[("on_track", "On track"), ("at_risk", "At risk"), ("off_track", "Off track")],
                        max_length=10,
                        verbose_name="RAG",
                    ),
                ),
                ("words", models.TextField(blank=True)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it is at risk or off track, and what is being done."),
                ),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.activity",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "term",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.term",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical activity update",
                "verbose_name_plural": "historical activity updates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMetric",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("definition", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("official", "Official statistic"),
                            ("local", "Local count"),
                            ("voice", "Voice"),
                            ("milestone", "Milestone"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("up", "More is better"),
                            ("down", "Less is better"),
                            ("range", "Best within bounds"),
                            ("exists", "Done or in place"),
                            ("none", "Context, not rated"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("percent", "per cent"),
                            ("rate per 100", "per 100"),
                            ("points", "points"),
                            ("count", "count"),
                            ("days", "days"),
                            ("weeks", "weeks"),
                            ("pounds", "pounds"),
                            ("percentage points", "percentage points"),
                            ("yes or no", "yes or no"),
                            ("stage", "stage: not started, in place, launched, embedded"),
                            ("evidence", "evidence in words"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "decimals",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(4)]
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("weekly", "Each week"),
                            ("monthly", "Each month"),
                            ("quarterly", "Each quarter"),
                            ("half-termly", "Each half term"),
                            ("termly", "Each term"),
                            ("annual", "Each year"),
                            ("once", "Once"),
                            ("event", "After each event or survey"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source_owner", models.CharField(blank=True, max_length=120)),
                ("source_publication", models.CharField(blank=True, max_length=300)),
                ("source_indicator", models.CharField(blank=True, max_length=400)),
                ("source_url", models.URLField(blank=True, max_length=400, verbose_name="source's web address")),
                ("note", models.TextField(blank=True)),
                ("is_about_children", models.BooleanField(default=False, verbose_name="counts children")),
                (
                    "disclosure_threshold",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Counts from 1 up to this are hidden from people not cleared to see them.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(9)],
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
                "verbose_name": "historical metric",
                "verbose_name_plural": "historical metrics",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalStrategy",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                ("vision", models.TextField(blank=True)),
                ("official_wording", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "theme_word",
                    models.CharField(default="Theme", help_text="What this strategy calls its themes.", max_length=30),
                ),
                (
                    "priority_word",
                    models.CharField(
                        default="Priority", help_text="What this strategy calls its priorities.", max_length=30
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical strategy",
                "verbose_name_plural": "historical strategies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Metric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("slug", models.SlugField(max_length=120, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("definition", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("official", "Official statistic"),
                            ("local", "Local count"),
                            ("voice", "Voice"),
                            ("milestone", "Milestone"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("up", "More is better"),
                            ("down", "Less is better"),
                            ("range", "Best within bounds"),
                            ("exists", "Done or in place"),
                            ("none", "Context, not rated"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("percent", "per cent"),
                            ("rate per 100", "per 100"),
                            ("points", "points"),
                            ("count", "count"),
                            ("days", "days"),
                            ("weeks", "weeks"),
                            ("pounds", "pounds"),
                            ("percentage points", "percentage points"),
                            ("yes or no", "yes or no"),
                            ("stage", "stage: not started, in place, launched, embedded"),
                            ("evidence", "evidence in words"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "decimals",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(4)]
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("weekly", "Each week"),
                            ("monthly", "Each month"),
                            ("quarterly", "Each quarter"),
                            ("half-termly", "Each half term"),
                            ("termly", "Each term"),
                            ("annual", "Each year"),
                            ("once", "Once"),
                            ("event", "After each event or survey"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source_owner", models.CharField(blank=True, max_length=120)),
                ("source_publication", models.CharField(blank=True, max_length=300)),
                ("source_indicator", models.CharField(blank=True, max_length=400)),
                ("source_url", models.URLField(blank=True, max_length=400, verbose_name="source's web address")),
                ("note", models.TextField(blank=True)),
                ("is_about_children", models.BooleanField(default=False, verbose_name="counts children")),
                (
                    "disclosure_threshold",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Counts from 1 up to this are hidden from people not cleared to see them.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(9)],
                    ),
                ),
                ("parts", models.ManyToManyField(blank=True, related_name="part_of", to="priorities.metric")),
                (
                    "context_for",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Strategies that state it as context.",
                        related_name="context_metrics",
                        to="priorities.strategy",
                    ),
                ),
            ],
            options={
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disclosure_threshold__isnull", True), ("disclosure_threshold__lt", 10), _connector="OR"
                        ),
                        name="metric_disclosure_threshold_under_10",
                        violation_error_message="The disclosure threshold must be under 10.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTarget",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("absolute", "Reach a figure"),
                            ("comparator", "In line with or better than a comparator"),
                            ("gap", "Close the gap to a comparator"),
                            ("baseline", "Better than an earlier reading"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                (
                    "baseline_period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                (
                    "due_period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                (
                    "tolerance",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="How far short is still at risk, in the metric's unit.",
                        max_digits=10,
                        null=True,
                    ),
                ),
                ("wording", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                    "comparator",
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
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.metric",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical target",
                "verbose_name_plural": "historical targets",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReading",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "period",
                    models.CharField(
                        help_text="Like 2025, 2023-24 or 2024-25-autumn.",
                        max_length=14,
                        validators=[wesp_portal.common.validators.validate_period],
                    ),
                ),
                ("period_ends_on", models.DateField(editable=False)),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                (
                    "symbol",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("z", "Not applicable"),
                            ("x", "Not available"),
                            ("c", "Withheld to protect people"),
                            ("low", "Rounds to zero"),
                            ("u", "Too unreliable to publish"),
                        ],
                        max_length=3,
                    ),
                ),
                (
                    "qualifier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "Over"),
                            ("at least", "At least"),
                            ("about", "About"),
                            ("up to", "Up to"),
                            ("fewer than", "Fewer than"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("provisional", "Provisional"), ("final", "Final"), ("revised", "Revised")],
                        default="final",
                        max_length=12,
                    ),
                ),
                ("as_at", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=400)),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(blank=True, editable=False)),
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.metric",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical reading",
                "verbose_name_plural": "historical readings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MeasureUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("note", models.TextField(blank=True)),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="priorities.metric"
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="measures", to="priorities.objective"
                    ),
                ),
            ],
            options={
                "verbose_name": "measure",
                "ordering": ["objective", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("objective", "ref"),
                        name="measure_ref_once",
                        violation_error_message="Another measure has this reference.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("voice", models.CharField(blank=True, max_length=120, verbose_name="who would say so")),
                (
                    "objective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="priorities.objective",
                    ),
                ),
                (
                    "priority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="outcomes", to="priorities.priority"
                    ),
                ),
            ],
            options={
                "ordering": ["priority", "objective", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("priority", "ref"),
                        name="outcome_ref_once",
                        violation_error_message="Another outcome has this reference.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalOutcome",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("voice", models.CharField(blank=True, max_length=120, verbose_name="who would say so")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "objective",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.objective",
                    ),
                ),
                (
                    "priority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.priority",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical outcome",
                "verbose_name_plural": "historical outcomes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalObjective",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "priority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.priority",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical objective",
                "verbose_name_plural": "historical objectives",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalActivity",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partnerships.organisation",
                        verbose_name="lead organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.objective",
                    ),
                ),
                (
                    "priority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.priority",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical activity",
                "verbose_name_plural": "historical activities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAchievement_priorities",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "achievement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.achievement",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="priorities.historicalachievement",
                    ),
                ),
                (
                    "priority",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.priority",
                    ),
                ),
            ],
            options={"verbose_name": "HistoricalAchievement_priorities"},
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "period",
                    models.CharField(
                        help_text="Like 2025, 2023-24 or 2024-25-autumn.",
                        max_length=14,
                        validators=[wesp_portal.common.validators.validate_period],
                    ),
                ),
                ("period_ends_on", models.DateField(editable=False)),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                (
                    "symbol",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("z", "Not applicable"),
                            ("x", "Not available"),
                            ("c", "Withheld to protect people"),
                            ("low", "Rounds to zero"),
                            ("u", "Too unreliable to publish"),
                        ],
                        max_length=3,
                    ),
                ),
                (
                    "qualifier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("over", "Over"),
                            ("at least", "At least"),
                            ("about", "About"),
                            ("up to", "Up to"),
                            ("fewer than", "Fewer than"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("provisional", "Provisional"), ("final", "Final"), ("revised", "Revised")],
                        default="final",
                        max_length=12,
                    ),
                ),
                ("as_at", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=400)),
                ("note", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="partnerships.area"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="priorities.metric"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["metric", "area", "-period_ends_on"],
                "indexes": [
                    models.Index(
                        fields=["metric", "area", "-period_ends_on"],
                        include=("value", "symbol", "qualifier", "status", "period"),
                        name="reading_latest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric", "area", "period"),
                        name="reading_once",
                        violation_error_message="There is already a reading for this area and period.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__isnull", True), ("symbol", ""), _connector="XOR"),
                        name="reading_value_or_symbol",
                        violation_error_message="Give a value, or the symbol that says why there is none.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.JSONField(default=list, editable=False)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="series", to="partnerships.area"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="series", to="priorities.metric"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "series",
                "constraints": [models.UniqueConstraint(fields=("metric", "area"), name="series_once")],
            },
        ),
        migrations.CreateModel(
            name="Principle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("group", models.CharField(blank=True, max_length=120)),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="principles", to="priorities.strategy"
                    ),
                ),
            ],
            options={
                "ordering": ["strategy", "position", "ref"],
                "constraints": [models.UniqueConstraint(fields=("strategy", "ref"), name="principle_ref_once")],
            },
        ),
        migrations.CreateModel(
            name="PartnershipObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                (
                    "kind",
                    models.CharField(
                        choices=[("objective", "Objective"), ("overarching", "Overarching priority")],
                        default="objective",
                        max_length=12,
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partnership_objectives",
                        to="priorities.strategy",
                    ),
                ),
            ],
            options={
                "ordering": ["strategy", "position", "ref"],
                "constraints": [
                    models.UniqueConstraint(fields=("strategy", "ref"), name="partnership_objective_ref_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="News",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=40, verbose_name="reference")),
                ("summary", models.TextField(blank=True)),
                ("happened_on", models.DateField(blank=True, null=True)),
                (
                    "period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="priorities.strategy"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "news",
                "ordering": ["-happened_on", "position"],
                "constraints": [models.UniqueConstraint(fields=("strategy", "ref"), name="news_ref_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalTheme",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("vision", models.TextField(blank=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "strategy",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.strategy",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical theme",
                "verbose_name_plural": "historical themes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("absolute", "Reach a figure"),
                            ("comparator", "In line with or better than a comparator"),
                            ("gap", "Close the gap to a comparator"),
                            ("baseline", "Better than an earlier reading"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                (
                    "baseline_period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                (
                    "due_period",
                    models.CharField(
                        blank=True, max_length=14, validators=[wesp_portal.common.validators.validate_period]
                    ),
                ),
                (
                    "tolerance",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="How far short is still at risk, in the metric's unit.",
                        max_digits=10,
                        null=True,
                    ),
                ),
                ("wording", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="partnerships.area"
                    ),
                ),
                (
                    "comparator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partnerships.area",
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="targets", to="priorities.metric"
                    ),
                ),
            ],
            options={
                "ordering": ["metric", "area", "due_period"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric", "area", "due_period"),
                        name="target_once",
                        violation_error_message="There is already a target for this area and date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis__in", ["comparator", "gap"]), _negated=True),
                            ("comparator__isnull", False),
                            _connector="OR",
                        ),
                        name="target_comparator_named",
                        violation_error_message="Choose the area to compare with.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPriority",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("title", models.CharField(help_text="Short and plain.", max_length=300)),
                (
                    "official_wording",
                    models.TextField(
                        blank=True, help_text="The words as adopted; filled by importing the adopted document."
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="Document, then page or section.", max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("ref", models.CharField(max_length=20, verbose_name="reference")),
                ("summary", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("stepping_down", "Stepping down"),
                            ("handed_over", "Handed over"),
                            ("closed", "Closed"),
                        ],
                        default="active",
                        max_length=15,
                    ),
                ),
                ("handed_over_to", models.CharField(blank=True, max_length=200)),
                ("exit_strategy", models.TextField(blank=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "linked_strategy",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.linkedstrategy",
                        verbose_name="delivered by",
                    ),
                ),
                (
                    "strategy",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.strategy",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="priorities.theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical priority",
                "verbose_name_plural": "historical priorities",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Alignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded", models.JSONField(blank=True, default=dict, editable=False)),
                ("note", models.TextField(blank=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "from_objective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_from",
                        to="priorities.objective",
                    ),
                ),
                (
                    "to_objective",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_to",
                        to="priorities.objective",
                    ),
                ),
                (
                    "from_priority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_from",
                        to="priorities.priority",
                    ),
                ),
                (
                    "to_priority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_to",
                        to="priorities.priority",
                    ),
                ),
                (
                    "from_strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_from",
                        to="priorities.strategy",
                    ),
                ),
                (
                    "to_strategy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_to",
                        to="priorities.strategy",
                    ),
                ),
                (
                    "from_theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_from",
                        to="priorities.theme",
                    ),
                ),
                (
                    "to_theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignments_to",
                        to="priorities.theme",
                    ),
                ),
            ],
            options={
                "ordering": ["from_strategy", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("from_strategy"),
                        django.db.models.functions.comparison.Coalesce("from_theme", 0),
                        django.db.models.functions.comparison.Coalesce("from_priority", 0),
                        django.db.models.functions.comparison.Coalesce("from_objective", 0),
                        models.F("to_strategy"),
                        django.db.models.functions.comparison.Coalesce("to_theme", 0),
                        django.db.models.functions.comparison.Coalesce("to_priority", 0),
                        django.db.models.functions.comparison.Coalesce("to_objective", 0),
                        name="alignment_once",
                        violation_error_message="This alignment is already there.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("from_objective__isnull", True),
                                ("from_priority__isnull", True),
                                ("from_theme__isnull", True),
                            ),
                            models.Q(
                                ("from_objective__isnull", True),
                                ("from_priority__isnull", True),
                                ("from_theme__isnull", False),
                            ),
                            models.Q(
                                ("from_objective__isnull", True),
                                ("from_priority__isnull", False),
                                ("from_theme__isnull", True),
                            ),
                            models.Q(
                                ("from_objective__isnull", False),
                                ("from_priority__isnull", True),
                                ("from_theme__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="alignment_from_one_part",
                        violation_error_message="Choose one part that contributes: a theme, a priority or an objective.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("to_objective__isnull", True),
                                ("to_priority__isnull", True),
                                ("to_theme__isnull", True),
                            ),
                            models.Q(
                                ("to_objective__isnull", True),
                                ("to_priority__isnull", True),
                                ("to_theme__isnull", False),
                            ),
                            models.Q(
                                ("to_objective__isnull", True),
                                ("to_priority__isnull", False),
                                ("to_theme__isnull", True),
                            ),
                            models.Q(
                                ("to_objective__isnull", False),
                                ("to_priority__isnull", True),
                                ("to_theme__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="alignment_to_one_part",
                        violation_error_message="Choose one part contributed to: a theme, a priority or an objective.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_strategy", models.F("to_strategy")), _negated=True),
                        name="alignment_between_strategies",
                        violation_error_message="An alignment is between two strategies.",
                    ),
                ],
            },
        ),
    ]
