from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PlannedTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(blank=True, max_length=50)),
                ('batch', models.CharField(blank=True, max_length=50)),
                ('semester', models.PositiveSmallIntegerField(null=True)),
                ('academic_year', models.CharField(max_length=20)),
                ('time_limit_seconds', models.FloatField(default=120.0)),
                ('requested_by', models.CharField(max_length=150)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('job_id', models.UUIDField(null=True)),
                ('workflow_id', models.UUIDField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
        ),
    ]
