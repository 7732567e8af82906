"""Why the portal invites somebody where nobody manages the people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_preferences_and_digest")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="motif",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Why the portal invites where nobody manages the people.",
                max_length=500,
                verbose_name="raison",
            ),
            preserve_default=False,
        ),
    ]
